"""The pages of the desk that take a spreadsheet in and give one out: the same columns both ways.

A file is judged first and nothing of it is kept on the server: the page that tells what would happen carries it,
packed, to the press of the button that imports. Not here: what columns mean (`spreadsheet_import.py` of each room).
"""

import base64
import binascii
import zlib

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.chain import record
from publishing.batches import in_batches
from publishing.spreadsheets.csv import BYTE_ORDER_MARK, escape_formula, generate_csv
from publishing.spreadsheets.reader import MAX_FILE_BYTES, Fault, SpreadsheetError
from publishing.spreadsheets.xlsx import MEDIA_TYPE, generate_xlsx

from .models import Situation
from .spreadsheet_fields import get_cells
from .spreadsheet_import import import_sheet

MAX_PACKED_LENGTH = 4 * 1024 * 1024  # letters; a form of more than 5 MB is refused as a whole
MAX_ROWS_SHOWN = 300
VERDICT_LABELS = {"new": gettext_lazy("new"), "changed": gettext_lazy("changed"), "same": gettext_lazy("the same")}


class SpreadsheetUploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=gettext_lazy("CSV (UTF-8) or XLSX. First you are told what would happen; nothing is saved yet."),
    )
    situation = forms.ModelChoiceField(
        Situation.objects.all(),
        label=gettext_lazy("Situation"),
        required=False,
        help_text=gettext_lazy("For rows that name no situation."),
    )

    def clean_file(self):
        content = self.cleaned_data["file"].read()
        if len(pack_content(content)) > MAX_PACKED_LENGTH:
            raise forms.ValidationError(
                _("The file is too large to be imported here. Split it, or import it on the server.")
            )
        return content


class SpreadsheetConfirmForm(forms.Form):
    """What the page of the judged file sends back."""

    packed = forms.CharField(widget=forms.HiddenInput, max_length=MAX_PACKED_LENGTH)
    situation = forms.ModelChoiceField(Situation.objects.all(), required=False, widget=forms.HiddenInput)

    def clean_packed(self):
        try:
            content = base64.b64decode(self.cleaned_data["packed"], validate=True)
            return zlib.decompressobj().decompress(content, MAX_FILE_BYTES)
        except (binascii.Error, zlib.error, ValueError) as error:
            raise forms.ValidationError(_("The file was damaged during the upload. Choose it again.")) from error


def pack_content(content):
    return base64.b64encode(zlib.compress(content, 9)).decode()


class SpreadsheetAdminMixin:
    """Half of an admin. `sheet` is the `SheetSpec` of its type."""

    change_list_template = "admin/desk/spreadsheet_change_list.html"
    sheet = None

    def get_urls(self):
        return [
            path("import/", self.admin_site.admin_view(self.import_view), name=self.url_name("import")),
            *(
                path(f"export.{kind}", self.admin_site.admin_view(self.export_view), {"kind": kind}, name=name)
                for kind, name in ((kind, self.url_name(f"export_{kind}")) for kind in WRITERS)
            ),
        ] + super().get_urls()

    def changelist_view(self, request, extra_context=None):
        links = {
            "may_import": self.has_add_permission(request) and self.has_change_permission(request),
            "may_export": self.has_change_permission(request),
            "list_query": request.GET.urlencode(),
        }
        return super().changelist_view(request, links | (extra_context or {}))

    # --- In ----------------------------------------------------------------------------------------

    def import_view(self, request):
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        if request.method != "POST":
            return self.sheet_page(request, form=SpreadsheetUploadForm())
        if "packed" in request.POST:
            return self.bring_in(request, SpreadsheetConfirmForm(request.POST))
        return self.judge(request, SpreadsheetUploadForm(request.POST, request.FILES))

    def judge(self, request, form):
        """The page that says what would happen to each row."""
        if not form.is_valid():
            return self.sheet_page(request, form=form)
        content, situation = form.cleaned_data["file"], form.cleaned_data["situation"]
        try:
            summary = self.run(request, content, situation=situation, dry_run=True)
        except SpreadsheetError as faulty:
            return self.sheet_page(
                request, form=SpreadsheetUploadForm(initial={"situation": situation}), faults=faulty.faults
            )
        return self.sheet_page(
            request,
            form=SpreadsheetConfirmForm(initial={"packed": pack_content(content), "situation": situation}),
            summary=summary,
            rows=[(row, item, describe_verdict(summary.verdicts[row.number])) for row, item in summary.items],
        )

    def bring_in(self, request, form):
        if not form.is_valid():
            sentence = form.errors.get("packed", [_("Choose the file again.")])[0]
            return self.sheet_page(request, form=SpreadsheetUploadForm(), faults=[Fault(0, "", sentence)])
        try:
            summary = self.run(request, form.cleaned_data["packed"], situation=form.cleaned_data["situation"])
        except SpreadsheetError as faulty:
            return self.sheet_page(request, form=SpreadsheetUploadForm(), faults=faulty.faults)
        messages.success(request, _("Imported as drafts, which only staff can see: %s") % summary)
        return HttpResponseRedirect(self.url("changelist"))

    def run(self, request, content, *, situation, dry_run=False):
        with transaction.atomic():
            summary = import_sheet(
                self.sheet,
                content,
                situation=situation.slug if situation else "",
                dry_run=dry_run,
                by=request.user,
                quiet=True,
            )
            check_add_permissions(request.user, summary.made)
            if not dry_run:
                told = {"new": summary.new, "changed": summary.changed}
                record(f"{self.model.TYPE}.imported", actor=request.user, **told)
        return summary

    def sheet_page(self, request, *, form, faults=(), summary=None, rows=()):
        context = self.page_context(request, title=_("Import a spreadsheet")) | {
            "form": form,
            "faults": faults[:MAX_ROWS_SHOWN],
            "more_faults": max(len(faults) - MAX_ROWS_SHOWN, 0),
            "summary": summary,
            "rows": rows[:MAX_ROWS_SHOWN],
            "more_rows": max(len(rows) - MAX_ROWS_SHOWN, 0),
            "columns": self.sheet.columns,
            "back": self.url("changelist"),
        }
        return TemplateResponse(request, "admin/desk/spreadsheet_import.html", context)

    # --- Out ---------------------------------------------------------------------------------------

    def export_view(self, request, kind):
        """What the list shows just now, all pages of it, as the columns that the import reads."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        items = self.get_changelist_instance(request).get_queryset(request)
        record(f"{self.model.TYPE}.exported", actor=request.user, count=items.count())
        written = WRITERS[kind](self.sheet.columns.written(), self.sheet_rows(items))
        response = StreamingHttpResponse(written, content_type=MEDIA_TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="{self.opts.model_name}.{kind}"'
        response["Cache-Control"] = "no-store, private"
        return response

    def sheet_rows(self, items):
        header = self.sheet.columns.written()
        for item in items.prefetch_related(*self.model.PREFETCH_RELATED).iterator(chunk_size=200):
            cells = get_cells(self.sheet, item)
            yield [cells.get(name, "") for name in header]


def stream_csv(header, rows):
    return generate_csv(header, rows, mark=BYTE_ORDER_MARK)


def stream_xlsx(header, rows):
    return generate_xlsx(
        header, in_batches([escape_formula(cell) for cell in row] for row in rows), right_to_left=False
    )


WRITERS = {"csv": stream_csv, "xlsx": stream_xlsx}
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": MEDIA_TYPE}


def describe_verdict(verdict):
    return {"state": verdict.state, "word": VERDICT_LABELS[verdict.state], "columns": ", ".join(verdict.columns)}


def check_add_permissions(account, made):
    faults = [
        Fault(
            0,
            thing._meta.model_name,
            _("“%s” does not exist yet, and your role does not allow you to create it.") % thing,
        )
        for thing in made
        if not account.has_perm(f"{thing._meta.app_label}.add_{thing._meta.model_name}")
    ]
    if faults:
        raise SpreadsheetError(faults)
