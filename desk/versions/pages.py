"""The pages of the desk about earlier versions of an item: compare any two, bring one back, see every save.

Not here: how two versions differ (`comparing.py`), how one is written back (`restoring.py`).
"""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.item_pages import ItemPage
from desk.transitions.forms import ConfirmTransitionForm
from desk.translating import records
from publishing.models import Release
from publishing.workflow.state_machine import TransitionRefused
from staff.datetime_widgets import format_desk_datetime

from . import comparing, history, restoring

WORKING_COPY = "now"


class CompareVersionsForm(forms.Form):
    """Which two: the number of a release, or WORKING_COPY."""

    before = forms.ChoiceField(label=gettext_lazy("This version"))
    after = forms.ChoiceField(label=gettext_lazy("compared with"))

    def __init__(self, data=None, *, item):
        self.item, self.releases = item, list(get_readable_releases(item).defer("document").reverse())
        super().__init__({**self.get_defaults(), **(data.dict() if data else {})})
        for field in self.fields.values():
            field.choices = [
                (WORKING_COPY, _("the working copy")),
                *((str(one.pk), self.describe(one)) for one in self.releases),
            ]

    def get_defaults(self):
        return {"before": str(self.releases[0].pk) if self.releases else WORKING_COPY, "after": WORKING_COPY}

    def describe(self, release):
        facts = {"number": release.pk, "when": format_desk_datetime(release.at), "who": release.by}
        return _("release %(number)d of %(when)s, by %(who)s") % facts

    def document(self, name):
        """The chosen version as JSON."""
        chosen = self.cleaned_data[name]
        if chosen == WORKING_COPY:
            return self.item.document().as_json()
        return get_readable_releases(self.item).get(pk=chosen).document

    def get_label(self, name):
        return dict(self.fields[name].choices)[self.cleaned_data[name]]


def get_readable_releases(item):
    """The releases of an item that still say what they said, the oldest first."""
    return Release.objects.of(item.uid).filter(action=Release.Action.PUBLISH, document__isnull=False)


class Releases(ItemPage):
    """What was released of an item."""

    routes = {
        "compare": ("compare/", "compare_view"),
        "restore": ("restore/<int:release>/", "restore_view"),
    }

    def on_form(self, request, item):
        may = self.admin.has_change_permission(request, item)
        releases = list(Release.objects.of(item.uid).defer("document").reverse()[:20])
        readable = [release for release in releases if release.action == Release.Action.PUBLISH]
        for release in readable:
            release.can_be_compared, release.is_newest = True, release is readable[0]
            release.restore_at = self.url("restore", item.pk, release.pk) if may else ""
        return {"releases": releases, "compare_at": self.url("compare", item.pk)}

    def compare_view(self, request, pk):
        item = self.fetch(request, pk)
        form = CompareVersionsForm(request.GET, item=item)
        found = self.find_differences(request, item, form) if form.is_valid() else {}
        return self.render(request, "compare", title=_("Compare versions"), item=item, form=form, **found)

    def find_differences(self, request, item, form):
        found = comparing.compare_documents(form.document("before"), form.document("after"))
        # The working copy is compared too: a translator reads no other language in it.
        shown = [
            one for one in found if not one.language or records.is_language_visible(request.user, item, one.language)
        ]
        return {
            "differences": self.add_picture_urls(item, shown),
            "before": form.get_label("before"),
            "after": form.get_label("after"),
            "restorable": self.get_restorable(request, item, form),
        }

    def add_picture_urls(self, item, differences):
        """(difference, addresses of its pictures before and after) of each."""
        return [
            (one, [self.url("file", item.pk, name) if name else "" for name in one.pictures]) for one in differences
        ]

    def get_restorable(self, request, item, form):
        """(number, address) of each release on the page that may be brought back."""
        chosen = dict.fromkeys(form.cleaned_data[name] for name in ("before", "after"))
        if not self.admin.has_change_permission(request, item):
            return []
        return [(number, self.url("restore", item.pk, int(number))) for number in chosen if number != WORKING_COPY]

    def restore_view(self, request, pk, release):
        """GET shows what would change in the working copy, POST changes it: with the row held."""
        if request.method != "POST":
            return self.ask_to_restore(request, self.fetch(request, pk), release)
        with transaction.atomic():
            rows = self.admin.get_queryset(request).select_for_update(of=["self"])
            held = self.fetch(request, pk, rows=rows)
            form = ConfirmTransitionForm(request.POST, item=held)
            if not form.is_valid():
                return self.ask_to_restore(request, held, release, form)
            return self.restore(request, held, self.fetch_release(request, held, release))

    def fetch_release(self, request, item, number):
        if not self.admin.has_change_permission(request, item):
            raise PermissionDenied
        release = get_readable_releases(item).filter(pk=number).first()
        if release is None:
            raise Http404
        return release

    def ask_to_restore(self, request, item, number, form=None):
        release = self.fetch_release(request, item, number)
        found = comparing.compare_documents(item.document().as_json(), release.document)
        return self.render(
            request,
            "restore",
            title=_("Restore release %d") % release.pk,
            item=item,
            form=form or ConfirmTransitionForm(item=item),
            release=release,
            differences=self.add_picture_urls(item, found),
        )

    def restore(self, request, item, release):
        try:
            with transaction.atomic():
                left = restoring.restore_release(item, release, by=request.user)
        except TransitionRefused as refused:
            for reason in refused.reasons:
                messages.error(request, reason)
        else:
            messages.success(
                request, _("Release %d has been restored to the working copy. Nothing was published.") % release.pk
            )
            for sentence in left:
                messages.info(request, sentence)
        return HttpResponseRedirect(self.url("change", item.pk))


class History(ItemPage):
    """Every save of an item, in place of Django's list of log entries."""

    def on_form(self, request, item):
        return {"history_at": self.url("history", item.pk)}

    def history_view(self, request, pk):
        """At Django's own address, whatever stands in the place of the number."""
        item = self.admin.get_object(request, unquote(pk))
        if item is None or not self.may(request, item):
            raise Http404
        hidden = records.get_hidden_columns(request.user, item)
        page = history.get_history_page(item, request.GET.get("p"), hidden=hidden)
        return self.render(request, "history", title=_("History: %s") % item, item=item, page=page)
