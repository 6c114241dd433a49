"""The pages by which words go to translators outside and come back: a download, and an upload judged before saving.

Not here: what is in such a file and what it changes (`exchange.py`), its formats (`xliff.py`, `sheets.py`).
"""

import base64

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from desk.item_pages import AdminPage
from publishing.item_log import record_item_event
from publishing.publication import get_publication_types
from publishing.spreadsheets.reader import SpreadsheetError
from publishing.spreadsheets.xlsx import MEDIA_TYPE
from publishing.translations import get_site_language_name, get_source_language

from . import exchange, records, sheets, xliff

MAX_FILE_SIZE = 2 * 1024 * 1024
EXPORT_FORMATS = {
    "xliff": (xliff.write_xliff, "application/xliff+xml", "xlf"),
    "xlsx": (sheets.write_translation_xlsx, MEDIA_TYPE, "xlsx"),
    "csv": (sheets.write_translation_csv, "text/csv; charset=utf-8", "csv"),
}


class TranslationUploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Translated file"),
        widget=forms.FileInput(attrs={"accept": ".xlf,.xliff,.xml,.xlsx,.csv"}),
        help_text=gettext_lazy("XLIFF 1.2, XLSX or CSV that was downloaded here, up to 2 MB. Nothing is saved yet."),
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > MAX_FILE_SIZE:
            raise forms.ValidationError(_("The file is larger than 2 MB. Split it."))
        return upload.read()


class ConfirmImportForm(forms.Form):
    """The file once more, with the versions of the items that the person saw before agreeing."""

    content = forms.CharField(widget=forms.HiddenInput, max_length=MAX_FILE_SIZE * 2)
    versions = forms.JSONField(widget=forms.HiddenInput)

    def clean_content(self):
        try:
            return base64.b64decode(self.cleaned_data["content"], validate=True)
        except ValueError as error:
            raise forms.ValidationError(_("Choose the file again.")) from error

    def clean_versions(self):
        versions = self.cleaned_data["versions"]
        if not isinstance(versions, dict) or not all(isinstance(number, int) for number in versions.values()):
            raise forms.ValidationError(_("Choose the file again."))
        return versions


def parse_translation_file(content):
    """An `ImportedItem` for each item in a file of any of the formats. Raises `SpreadsheetError`."""
    is_xml = content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")
    return xliff.read_xliff(content) if is_xml else sheets.read_translation_sheet(content)


class Exchange(AdminPage):
    """Translations as files, out and back."""

    routes = {"export": ("export/", "export_view"), "import": ("import/", "import_view")}

    # --- Out ---------------------------------------------------------------------------------------

    def export_view(self, request):
        model, language = get_publication_types().get(request.GET.get("type")), request.GET.get("to", "")
        if model is None or request.GET.get("as") not in EXPORT_FORMATS:
            raise Http404
        desk = self.admin.admin_site.get_model_admin(model)
        if language not in records.get_writable_languages(request.user, model) or not desk.has_view_permission(request):
            raise PermissionDenied
        picked = [pk for pk in request.GET.getlist("pick") if pk.isdecimal() and len(pk) < 19]
        items = desk.get_queryset(request).filter(pk__in=picked[: exchange.MAX_ITEMS]).order_by("pk")
        items = [item for item in items if get_source_language(item) != language]
        if not items:
            messages.warning(
                request, _("Choose items to download that were not written in %s.") % get_site_language_name(language)
            )
            return HttpResponseRedirect(f"../?type={model.TYPE}")
        return self.download(request, items, language=language, form=request.GET["as"])

    @transaction.atomic
    def download(self, request, items, *, language, form):
        """The file; that somebody took the words of an item away is a line in the log."""
        rows = records.get_translations_by_item(items)
        parcels = [
            exchange.build_exported_item(item, language=language, row=rows[item.uid].get(language)) for item in items
        ]
        for item in items:
            record_item_event("words_exported", item, by=request.user, language=language, form=form)
        write, content_type, ending = EXPORT_FORMATS[form]
        response = HttpResponse(write(parcels), content_type=content_type)
        name = items[0].slug if len(items) == 1 else f"{items[0].TYPE}-{len(items)}"
        response["Content-Disposition"] = f'attachment; filename="{name}-{language}.{ending}"'
        return response

    # --- Back --------------------------------------------------------------------------------------

    def import_view(self, request):
        """Says first what a file would do, and does it when it is sent again with what was seen."""
        if not self.admin.has_view_permission(request):
            raise PermissionDenied
        if "content" in request.POST:
            return self.import_agreed(request)
        form = TranslationUploadForm(request.POST or None, request.FILES or None)
        if request.method != "POST" or not form.is_valid():
            return self.import_page(request, form=form)
        return self.import_judged(request, form.cleaned_data["file"], versions={})

    def import_agreed(self, request):
        agreed = ConfirmImportForm(request.POST)
        if not agreed.is_valid():
            return self.import_page(request, form=TranslationUploadForm(), faults=[_("Choose the file again.")])
        content, versions = agreed.cleaned_data["content"], agreed.cleaned_data["versions"]
        try:
            plans = exchange.import_translations(request, parse_translation_file(content), versions=versions)
        except SpreadsheetError as faulty:
            return self.import_page(request, form=TranslationUploadForm(), faults=faulty.faults)
        if any(plan.faults for plan in plans):
            return self.import_page(request, form=TranslationUploadForm(), plans=plans)
        saved = sum(1 for plan in plans if plan.changes)
        messages.success(
            request,
            ngettext_lazy("%(count)d translation saved.", "%(count)d translations saved.", "count") % {"count": saved},
        )
        return HttpResponseRedirect("../")

    @transaction.atomic
    def import_judged(self, request, content, *, versions):
        try:
            plans = exchange.build_import_plans(request, parse_translation_file(content), versions=versions)
        except SpreadsheetError as faulty:
            return self.import_page(request, form=TranslationUploadForm(), faults=faulty.faults)
        if any(plan.faults for plan in plans) or not any(plan.changes for plan in plans):
            return self.import_page(request, form=TranslationUploadForm(), plans=plans)
        seen = {plan.returned.uid: plan.version for plan in plans}
        agreed = ConfirmImportForm(initial={"content": base64.b64encode(content).decode(), "versions": seen})
        return self.import_page(request, form=agreed, plans=plans, is_ready=True)

    def import_page(self, request, *, form, plans=(), faults=(), is_ready=False):
        return self.render(
            request,
            "translation_import",
            title=_("Upload a translated file"),
            form=form,
            plans=plans,
            faults=faults,
            is_ready=is_ready,
            is_faulty=bool(faults or form.errors or any(plan.faults for plan in plans)),
        )
