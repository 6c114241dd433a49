"""The transitions of many items at once, as actions of a list: a page names them and says what will happen to each.

Not here: one item (`pages.py`), what may be done (`publishing/workflow/transitions.py`).
"""

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from desk.item_pages import AdminPage
from publishing.workflow.withdrawals import find_withdrawal

from . import acknowledgements
from .buttons import LIST_BUTTONS, attempt_transition

MAX_ITEMS = 1000
MAX_SCREENED_ITEMS = 50  # of them, whose texts are read for what should not go out while the page is made
NEEDS_OWN_PAGE = gettext_lazy("It was published before. Publish it on its own page, where you are asked what changed.")
WAS_WITHDRAWN = gettext_lazy("It was withdrawn. Publish it on its own page, if it is to be public again.")


class ListActions(AdminPage):
    def get_actions(self, request):
        """As Django wants them: name -> (function, name, what the list calls it)."""
        buttons = [self.admin.buttons[name] for name in LIST_BUTTONS if name in self.admin.buttons]
        return {
            f"{button.name}_all": (self.build_action(button), f"{button.name}_all", button.transition.label)
            for button in buttons
            if button.transition.is_permitted(self.model, by=request.user)
        }

    def build_action(self, button):
        def act(admin, request, queryset):
            view = self.perform_all if "confirmed" in request.POST else self.ask
            return view(request, queryset, button)

        return act

    def perform_all(self, request, queryset, button):
        """Each item for itself: one that is refused does not hold back the others."""
        answers = {name: request.POST.get(name, "") for name in button.transition.answers if name == "reason"}
        seen = dict(part.partition(":")[::2] for part in request.POST.get("digests", "").split())
        done = []
        for item in queryset:
            digest = seen.get(str(item.pk), "")
            if refusal := self.find_refusal(request, item, button, seen=digest, **answers):
                messages.error(request, format_html("{}: {}", item, refusal))
            else:
                done.append(str(item))
        if done:
            messages.success(request, f"{button.label}: {pgettext('between names', ', ').join(done)}")

    def find_refusal(self, request, item, button, **answers):
        """Does it to one of many; returns why not, or nothing."""
        if button.asks(item):
            return say_why_not_here(item)
        done, sentences = attempt_transition(button, item, by=request.user, **answers)
        return "" if done else " ".join(sentences)

    def ask(self, request, queryset, button):
        # The list leaves long texts in the database; what is seen is the whole item.
        items = list(queryset.defer(None).prefetch_related(*self.model.PREFETCH_RELATED)[:MAX_ITEMS])
        screened = button.shows_checklist and len(items) <= MAX_SCREENED_ITEMS
        unread = [_("There are too many to show their texts here. The safety check is on each item's own page.")]
        forecasts = [self.forecast(request, item, button, screened=screened) for item in items]
        possible = [item for item, is_possible, _remarks in forecasts if is_possible]
        return self.render(
            request,
            "transition_selected",
            title=button.label,
            transition=button,
            is_possible=bool(possible),
            asks_reason="reason" in button.transition.answers,
            action=request.POST["action"],
            items=forecasts,
            digests=" ".join(f"{item.pk}:{item.seen_digest()}" for item in possible),
            most=MAX_ITEMS,
            sentences=button.effects + (unread if button.shows_checklist and not screened else []),
            checkbox=ACTION_CHECKBOX_NAME,
            back=self.url("changelist"),
        )

    def forecast(self, request, item, button, *, screened):
        """The item, whether it is possible for it, and what there is to say about it."""
        stays = _("cannot be changed now and stays as it is")
        if screened and button.transition.is_possible_from(item) and (stops := button.get_stops(item)):
            return item, False, [stays, *stops]
        if not button.is_offered(item, by=request.user):
            return item, False, [stays]
        if button.asks(item):
            return item, False, [stays, say_why_not_here(item)]
        found = acknowledgements.describe_open_findings(item) if screened else []
        return item, True, button.get_remarks(item) + found


def say_why_not_here(item):
    """Why an item is not published among others."""
    return WAS_WITHDRAWN if find_withdrawal(item) else NEEDS_OWN_PAGE
