"""The pages of the desk around a deed: it says what will happen and asks, for one item or many.

Not here: what may be done (`publishing/workflow/transitions.py`), the words for it (`buttons.py`), the form of an item
(`admin.py`).
"""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from . import acknowledgements, buttons, checklist

MAX_ITEMS = 1000
MAX_SCREENED_ITEMS = 50  # of them, whose texts are read for what should not go out while the page is made
NEEDS_OWN_PAGE = gettext_lazy("It was published before. Publish it on its own page, where you are asked what changed.")


class TransitionPages:
    """Half of an admin. `deeds` are those that its type knows, by name."""

    actions = ["submit_all", "approve_all", "publish_all", "withdraw_all"]
    deeds = buttons.TRANSITIONS

    def get_urls(self):
        pages = {name: (f"{name}/", self.deed_view, {"name": name}) for name in self.deeds}
        return [
            path(f"<int:pk>/{tail}", self.admin_site.admin_view(view), options, name=self.url_name(page))
            for page, (tail, view, options) in pages.items()
        ] + super().get_urls()

    def url_name(self, page):
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def url(self, page, *args):
        return reverse(f"{self.admin_site.name}:{self.url_name(page)}", args=args)

    def fetch(self, request, rows, *, pk):
        item = get_object_or_404(rows, pk=pk)
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        return item

    def page_context(self, request, *, title):
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title}

    # --- One item ----------------------------------------------------------------------------------

    def deed_view(self, request, pk, name):
        """GET says what will happen, POST does it: with the row held, so that what was seen is what is meant."""
        rows = self.get_queryset(request)
        if request.method != "POST":
            return self.answer(request, self.fetch(request, rows, pk=pk), self.deeds[name])
        with transaction.atomic():
            held = self.fetch(request, rows.select_for_update(of=["self"]), pk=pk)
            return self.answer(request, held, self.deeds[name])

    def answer(self, request, item, deed):
        if not deed.allowed(item, by=request.user):
            raise PermissionDenied
        if not deed.offered(item, by=request.user):
            return self.not_now(request, item, deed)
        if request.method == "POST" and deed.is_done(item):
            messages.info(request, _("Nothing has changed since it was published."))
            return HttpResponseRedirect(self.url("change", item.pk))
        form = deed.form(request.POST or None, item=item)
        if request.method == "POST" and form.is_valid():
            acknowledgements.acknowledge_findings(item, request.POST, by=request.user)
            return self.carry_out(request, item, deed, **form.cleaned_data)
        return self.ask(request, item, deed, form)

    def not_now(self, request, item, deed):
        """What stands in the way, where it is the content; else that the moment has passed."""
        if request.method != "POST" and item.status in deed.statuses and deed.stops(item):
            return self.ask(request, item, deed, deed.form(item=item))
        sentence = _("This is not possible now: somebody may have done it already. Its status is “%s”.")
        messages.warning(request, sentence % item.get_status_display())
        return HttpResponseRedirect(self.url("change", item.pk))

    def ask(self, request, item, deed, form):
        stopped = deed.stops(item)
        context = self.page_context(request, title=deed.label) | {
            "item": item,
            "deed": deed,
            "form": form,
            "stopped": stopped,
            **(self.ways_on(request, item) if stopped else {}),
            "sentences": [] if stopped else [*([] if deed.lists else deed.remarks(item)), *deed.effects()],
            "checklist": checklist.build_checklist(item, approving=deed.right == "approve") if deed.lists else [],
            "previews": self.previews(item),
            "back": self.url("change", item.pk),
        }
        return TemplateResponse(request, "admin/desk/transition.html", context)

    def ways_on(self, request, item):
        """Who can let listed names pass; for such a person, the way to that deed."""
        allow = self.deeds["allow-names"]
        offered = allow.offered(item, by=request.user)
        return {"who_may": allow.who_may(item), "allow": allow, "allow_at": offered and self.url(allow.name, item.pk)}

    def carry_out(self, request, item, deed, **answers):
        done, sentences = buttons.attempt_transition(deed, item, by=request.user, **answers)
        for sentence in sentences:
            messages.add_message(request, messages.SUCCESS if done else messages.ERROR, sentence)
        gone = not self.model._default_manager.filter(pk=item.pk or 0).exists()
        return HttpResponseRedirect(self.url("changelist") if gone else self.url("change", item.pk))

    # --- Many items --------------------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Submit for review"), permissions=["submit"])
    def submit_all(self, request, queryset):
        return self.do_to_all(request, queryset, self.deeds["submit"])

    @admin.action(description=gettext_lazy("Approve"), permissions=["approve"])
    def approve_all(self, request, queryset):
        return self.do_to_all(request, queryset, self.deeds["approve"])

    @admin.action(description=gettext_lazy("Publish"), permissions=["publish"])
    def publish_all(self, request, queryset):
        return self.do_to_all(request, queryset, self.deeds["publish"])

    @admin.action(description=gettext_lazy("Withdraw"), permissions=["withdraw"])
    def withdraw_all(self, request, queryset):
        return self.do_to_all(request, queryset, self.deeds["withdraw"])

    def do_to_all(self, request, queryset, deed):
        """Each item for itself: one that is refused does not hold back the others."""
        if "confirmed" not in request.POST:
            return self.ask_for_all(request, queryset, deed)
        answers = {"reason": request.POST.get("reason", "")} if deed.dangerous else {}
        done = []
        for item in queryset:
            if refusal := self.refusal(request, item, deed, **answers):
                messages.error(request, format_html("{}: {}", item, refusal))
            else:
                done.append(str(item))
        if done:
            messages.success(request, f"{deed.label}: {pgettext('between names', ', ').join(done)}")
        return None

    def refusal(self, request, item, deed, **answers):
        """Does the deed to one of many; returns why not, or nothing."""
        if deed.asks(item):
            return NEEDS_OWN_PAGE
        done, sentences = buttons.attempt_transition(deed, item, by=request.user, **answers)
        return "" if done else " ".join(sentences)

    def ask_for_all(self, request, queryset, deed):
        items = list(queryset[:MAX_ITEMS])
        read = deed.lists and len(items) <= MAX_SCREENED_ITEMS
        unread = [_("There are too many to show their texts here. The safety check is on each item's own page.")]
        told = [self.forecast(request, item, deed, read=read) for item in items]
        context = self.page_context(request, title=deed.label) | {
            "deed": deed,
            "is_possible": any(possible for _item, possible, _remarks in told),
            "action": request.POST["action"],
            "items": told,
            "most": MAX_ITEMS,
            "sentences": deed.effects() + (unread if deed.lists and not read else []),
            "checkbox": ACTION_CHECKBOX_NAME,
            "back": self.url("changelist"),
        }
        return TemplateResponse(request, "admin/desk/transition_selected.html", context)

    def forecast(self, request, item, deed, *, read):
        """The item, whether the deed is possible for it, and what there is to say about it."""
        stays = _("cannot be changed now and stays as it is")
        if read and item.status in deed.statuses and (stopped := deed.stops(item)):
            return item, False, [stays, *stopped]
        if not deed.offered(item, by=request.user):
            return item, False, [stays]
        if deed.asks(item):
            return item, False, [stays, NEEDS_OWN_PAGE]
        return item, True, deed.remarks(item) + (acknowledgements.describe_open_findings(item) if read else [])

    def may(self, request, right):
        return request.user.has_perm(f"{self.opts.app_label}.{right}_{self.opts.model_name}")

    def has_submit_permission(self, request):
        return self.may(request, "submit")

    def has_approve_permission(self, request):
        return self.may(request, "approve")

    def has_publish_permission(self, request):
        return self.may(request, "publish")

    def has_withdraw_permission(self, request):
        return self.may(request, "withdraw")
