"""The pages of the desk around a transition: it says what will happen and asks.

Not here: what may be done (`publishing/workflow/transitions.py`), the words for it (`buttons.py`), many items at once
(`list_actions.py`).
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _

from desk import publication_status
from desk.item_pages import ItemPage
from desk.preview_pages import get_preview_links
from publishing.workflow.approvals import get_recent_authors
from publishing.workflow.transitions import TRANSITIONS

from . import acknowledgements, checklist
from .buttons import SAVING_BUTTONS, attempt_transition


class Transitions(ItemPage):
    """A page for each button that the admin has, and the buttons on the form."""

    @property
    def buttons(self):
        return self.admin.buttons

    @property
    def saving_buttons(self):
        return [self.buttons[name] for name in SAVING_BUTTONS if name in self.buttons]

    def get_urls(self):
        view = self.transition_view
        return [self.build_path(name, f"{name}/", view, options={"name": name}) for name in self.buttons]

    # --- On the form -------------------------------------------------------------------------------

    def on_form(self, request, item):
        by, can_save = request.user, self.admin.has_change_permission(request, item)
        offered = [button for button in self.buttons.values() if button.is_offered(item, by=by)]
        saving = [button for button in self.saving_buttons if can_save and button in offered]
        is_released = publication_status.is_released(item)
        return {
            "returned": publication_status.get_return_event(item),
            "obstacles": [] if is_released else TRANSITIONS["publish"].find_obstacles(item, by=None),
            "own": item.status == item.Status.IN_REVIEW and by.pk in get_recent_authors(item),
            "saving": saving,
            "leading": [(button, self.url(button.name, item.pk)) for button in offered if button not in saving],
        }

    def on_new_form(self, request):
        return {"saving": [one for one in self.saving_buttons if one.is_offered(self.model(), by=request.user)]}

    def find_pressed(self, request):
        """The button of the form that was pressed besides saving, or None."""
        return next((button for button in self.saving_buttons if f"_{button.name}" in request.POST), None)

    def perform_or_ask(self, request, item, button):
        if publication_status.is_released(item):
            messages.info(request, _("Nothing has changed since it was published."))
            return HttpResponseRedirect(self.url("change", item.pk))
        if not button.asks(item) and not button.warns(item):
            return self.perform(request, item, button, seen=item.seen_digest())
        if button.fits(item, by=request.user):
            return HttpResponseRedirect(self.url(button.name, item.pk))
        for sentence in button.get_stops(item):
            messages.error(request, sentence)
        return HttpResponseRedirect(self.url("change", item.pk))

    # --- Its own page ------------------------------------------------------------------------------

    def transition_view(self, request, pk, name):
        """GET says what will happen, POST does it to exactly what was seen."""
        item, button = self.fetch(request, pk), self.buttons[name]
        if not button.transition.is_permitted(item, by=request.user):
            raise PermissionDenied
        if not button.is_offered(item, by=request.user):
            return self.refuse(request, item, button)
        if request.method == "POST" and button.is_done(item):
            messages.info(request, _("Nothing has changed since it was published."))
            return HttpResponseRedirect(self.url("change", item.pk))
        form = button.form(request.POST or None, item=item)
        if request.method == "POST" and form.is_valid():
            acknowledgements.acknowledge_findings(item, request.POST, by=request.user)
            return self.perform(request, item, button, **form.cleaned_data)
        return self.ask(request, item, button, form)

    def refuse(self, request, item, button):
        """What stands in the way, where it is the content; else that the moment has passed."""
        if request.method != "POST" and button.transition.is_possible_from(item) and button.get_stops(item):
            return self.ask(request, item, button, button.form(item=item))
        sentence = _("This is not possible now: somebody may have done it already. Its status is “%s”.")
        messages.warning(request, sentence % item.get_status_display())
        return HttpResponseRedirect(self.url("change", item.pk))

    def ask(self, request, item, button, form):
        stops = button.get_stops(item)
        remarks = [] if button.shows_checklist else button.get_remarks(item)
        lines = checklist.build_checklist(item, approving=button.name == "approve") if button.shows_checklist else []
        return self.render(
            request,
            "transition",
            title=button.label,
            item=item,
            transition=button,
            form=form,
            stopped=stops,
            sentences=[] if stops else [*remarks, *button.effects],
            checklist=lines,
            previews=get_preview_links(self.admin, item),
            **(self.find_ways_on(request, item) if stops else {}),
        )

    def find_ways_on(self, request, item):
        """Who can let listed names pass; for such a person, the way to that."""
        allow = self.buttons["allow-names"]
        offered = allow.is_offered(item, by=request.user)
        address = self.url(allow.name, item.pk) if offered else ""
        return {"who_may": allow.describe_who_may(item), "allow": allow, "allow_at": address}

    def perform(self, request, item, button, **answers):
        done, sentences = attempt_transition(button, item, by=request.user, **answers)
        for sentence in sentences:
            messages.add_message(request, messages.SUCCESS if done else messages.ERROR, sentence)
        gone = not self.model._default_manager.filter(pk=item.pk or 0).exists()
        return HttpResponseRedirect(self.url("changelist") if gone else self.url("change", item.pk))
