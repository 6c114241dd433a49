"""The pages of the desk about what was released of an item: compare any two versions, bring one back.

Not here: how two versions differ (`comparing.py`), how one is written back (`restoring.py`).
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.transitions.forms import ConfirmTransitionForm
from desk.translating import records
from publishing.models import Release
from publishing.workflow import transitions
from staff.datetime_widgets import format_desk_datetime

from . import comparing, restoring

WORKING_COPY = "now"


class CompareVersionsForm(forms.Form):
    """Which two: the number of a release, or NOW for the working copy."""

    before = forms.ChoiceField(label=gettext_lazy("This version"))
    after = forms.ChoiceField(label=gettext_lazy("compared with"))

    def __init__(self, data=None, *, item):
        self.item, self.releases = item, list(get_readable_releases(item).defer("document").reverse())
        super().__init__({**self.usual(), **(data.dict() if data else {})})
        for field in self.fields.values():
            field.choices = [
                (WORKING_COPY, _("the working copy")),
                *((str(one.pk), self.called(one)) for one in self.releases),
            ]

    def usual(self):
        return {"before": str(self.releases[0].pk) if self.releases else WORKING_COPY, "after": WORKING_COPY}

    def called(self, release):
        facts = {"number": release.pk, "when": format_desk_datetime(release.at), "who": release.by}
        return _("release %(number)d of %(when)s, by %(who)s") % facts

    def document(self, name):
        """The chosen version as JSON."""
        chosen = self.cleaned_data[name]
        if chosen == WORKING_COPY:
            return self.item.document().as_json()
        return get_readable_releases(self.item).get(pk=chosen).document

    def said(self, name):
        return dict(self.fields[name].choices)[self.cleaned_data[name]]


def get_readable_releases(item):
    """The releases of an item that still say what they said, the oldest first."""
    return Release.objects.of(item.uid).filter(action=Release.Action.PUBLISH, document__isnull=False)


class ReleasePages:
    """Half of an admin."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/compare/", wrap(self.compare_view), name=self.url_name("compare")),
            path("<int:pk>/restore/<int:release>/", wrap(self.restore_view), name=self.url_name("restore")),
        ] + super().get_urls()

    def released(self, request, item):
        """What the form of an item shows of its releases."""
        may = self.has_change_permission(request, item)
        releases = list(Release.objects.of(item.uid).defer("document").reverse()[:20])
        readable = [release for release in releases if release.action == Release.Action.PUBLISH]
        for release in readable:
            release.can_be_compared, release.is_newest = True, release is readable[0]
            release.restore_at = self.url("restore", item.pk, release.pk) if may else ""
        return {"releases": releases, "compare_at": self.url("compare", item.pk)}

    def compare_view(self, request, pk):
        item = self.fetch(request, self.get_queryset(request), pk=pk)
        form = CompareVersionsForm(request.GET, item=item)
        context = self.page_context(request, title=_("Compare versions")) | {
            "item": item,
            "form": form,
            "back": self.url("change", item.pk),
        }
        if form.is_valid():
            found = comparing.compare_documents(form.document("before"), form.document("after"))
            # The working copy is compared too: a translator reads no other language in it.
            shown = [
                one
                for one in found
                if not one.language or records.is_language_visible(request.user, item, one.language)
            ]
            context |= {"differences": self.with_files(item, shown), "before": form.said("before")}
            context |= {"after": form.said("after"), "restorable": self.restorable(request, item, form)}
        return TemplateResponse(request, "admin/desk/compare.html", context)

    def with_files(self, item, differences):
        """(difference, addresses of its pictures before and after) of each."""
        return [
            (one, [self.url("file", item.pk, name) if name else "" for name in one.pictures]) for one in differences
        ]

    def restorable(self, request, item, form):
        """(number, address) of each release on the page that may be brought back."""
        chosen = dict.fromkeys(form.cleaned_data[name] for name in ("before", "after"))
        if not self.has_change_permission(request, item):
            return []
        return [(number, self.url("restore", item.pk, int(number))) for number in chosen if number != WORKING_COPY]

    def restore_view(self, request, pk, release):
        """GET shows what would change in the working copy, POST changes it: with the row held."""
        rows = self.get_queryset(request)
        if request.method != "POST":
            return self.ask_to_restore(request, self.fetch(request, rows, pk=pk), release)
        with transaction.atomic():
            held = self.fetch(request, rows.select_for_update(of=["self"]), pk=pk)
            form = ConfirmTransitionForm(request.POST, item=held)
            if not form.is_valid():
                return self.ask_to_restore(request, held, release, form)
            return self.restored(request, held, self.release_of(request, held, release))

    def release_of(self, request, item, number):
        if not self.has_change_permission(request, item):
            raise PermissionDenied
        release = get_readable_releases(item).filter(pk=number).first()
        if release is None:
            raise Http404
        return release

    def ask_to_restore(self, request, item, number, form=None):
        release = self.release_of(request, item, number)
        found = comparing.compare_documents(item.document().as_json(), release.document)
        context = self.page_context(request, title=_("Restore release %d") % release.pk) | {
            "item": item,
            "form": form or ConfirmTransitionForm(item=item),
            "release": release,
            "differences": self.with_files(item, found),
            "back": self.url("change", item.pk),
        }
        return TemplateResponse(request, "admin/desk/restore.html", context)

    def restored(self, request, item, release):
        try:
            with transaction.atomic():
                left = restoring.restore_release(item, release, by=request.user)
        except transitions.TransitionRefused as refused:
            for reason in refused.reasons:
                messages.error(request, reason)
        else:
            messages.success(
                request, _("Release %d has been restored to the working copy. Nothing was published.") % release.pk
            )
            for sentence in left:
                messages.info(request, sentence)
        return HttpResponseRedirect(self.url("change", item.pk))
