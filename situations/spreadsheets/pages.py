"""The pages of the desk that take a spreadsheet in and give one out: the same columns both ways.

A file is judged first and nothing of it is kept on the server: the page that tells what would happen carries it,
packed, to the press of the button that imports. Not here: what columns mean (`spreadsheet_columns.py` of each room).
"""

import base64
import binascii
import zlib

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.chain import record
from desk.item_pages import AdminPage
from publishing.batches import in_batches
from publishing.spreadsheets.csv import BYTE_ORDER_MARK, escape_formula, generate_csv
from publishing.spreadsheets.reader import MAX_FILE_BYTES, Fault, SpreadsheetError
from publishing.spreadsheets.xlsx import MEDIA_TYPE, generate_xlsx
from situations.models import Situation

from .columns import get_cells
from .importing import import_sheet
from .matching import ChangedSince

MAX_PACKED_LENGTH = 4 * 1024 * 1024  # letters; a form of more than 5 MB is refused as a whole
MAX_ROWS_SHOWN = 300
MAX_ROWS_LEFT_SHOWN = 20
VERDICT_LABELS = {
    "new": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "same": gettext_lazy("the same"),
    "left": gettext_lazy("left as it is"),
}


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
    """What the page of the judged file sends back; `seen` names what was on it, row by row."""

    packed = forms.CharField(widget=forms.HiddenInput, max_length=MAX_PACKED_LENGTH)
    seen = forms.JSONField(widget=forms.HiddenInput, required=False)
    situation = forms.ModelChoiceField(Situation.objects.all(), required=False, widget=forms.HiddenInput)

    def clean_seen(self):
        return self.cleaned_data["seen"] if isinstance(self.cleaned_data["seen"], dict) else {}

    def clean_packed(self):
        try:
            content = base64.b64decode(self.cleaned_data["packed"], validate=True)
            return zlib.decompressobj().decompress(content, MAX_FILE_BYTES)
        except (binascii.Error, zlib.error, ValueError) as error:
            raise forms.ValidationError(_("The file was damaged during the upload. Choose it again.")) from error


def pack_content(content):
    return base64.b64encode(zlib.compress(content, 9)).decode()


class Spreadsheets(AdminPage):
    """Of an admin with `sheet`, the `SheetSpec` of its type."""

    def get_urls(self):
        exports = [
            self.build_path(f"export_{kind}", f"export.{kind}", self.export_view, options={"kind": kind})
            for kind in WRITERS
        ]
        sample = self.build_path("sample", "sample.xlsx", self.sample_view)
        return [self.build_path("import", "import/", self.import_view), sample, *exports]

    def may_import(self, request):
        return self.admin.has_add_permission(request) and self.admin.has_change_permission(request)

    def on_list(self, request):
        return {
            "may_import": self.may_import(request),
            "may_export": self.admin.has_change_permission(request),
            "list_query": request.GET.urlencode(),
        }

    # --- In ----------------------------------------------------------------------------------------

    def import_view(self, request):
        if not self.may_import(request):
            raise PermissionDenied
        if request.method != "POST":
            return self.render_sheet(request, form=SpreadsheetUploadForm())
        if "packed" in request.POST:
            return self.import_confirmed(request, SpreadsheetConfirmForm(request.POST))
        return self.preview_import(request, SpreadsheetUploadForm(request.POST, request.FILES))

    def preview_import(self, request, form):
        """The page that says what would happen to each row."""
        if not form.is_valid():
            return self.render_sheet(request, form=form)
        return self.judge(request, form.cleaned_data["file"], situation=form.cleaned_data["situation"])

    def judge(self, request, content, *, situation, moved=()):
        """The page on a file; `moved` are the rows whose items were changed since it was shown the last time."""
        try:
            summary = self.run(request, content, situation=situation, dry_run=True)
        except SpreadsheetError as faulty:
            form = SpreadsheetUploadForm(initial={"situation": situation})
            return self.render_sheet(request, form=form, faults=faulty.faults)
        packed = {"packed": pack_content(content), "situation": situation, "seen": summary.digests}
        return self.render_sheet(
            request,
            form=SpreadsheetConfirmForm(initial=packed),
            faults=moved,
            summary=summary,
            rows=[(row, item, describe_verdict(summary.verdicts[row.number])) for row, item in summary.items],
        )

    def import_confirmed(self, request, form):
        if not form.is_valid():
            sentence = form.errors.get("packed", [_("Choose the file again.")])[0]
            return self.render_sheet(request, form=SpreadsheetUploadForm(), faults=[Fault(0, "", sentence)])
        content, situation = form.cleaned_data["packed"], form.cleaned_data["situation"]
        try:
            summary = self.run(request, content, situation=situation, seen=form.cleaned_data["seen"])
        except ChangedSince as changed:
            return self.judge(request, content, situation=situation, moved=changed.faults)
        except SpreadsheetError as faulty:
            return self.render_sheet(request, form=SpreadsheetUploadForm(), faults=faulty.faults)
        messages.success(request, _("Imported as drafts, which only staff can see: %s") % summary)
        for sentence in summary.left[:MAX_ROWS_LEFT_SHOWN]:
            messages.warning(request, sentence)
        return HttpResponseRedirect(self.url("changelist"))

    def run(self, request, content, *, situation, dry_run=False, seen=None):
        """Judges a file, or imports it if it still does what was `seen`. Raises `SpreadsheetError`."""
        slug = situation.slug if situation else ""
        with transaction.atomic():
            summary = import_sheet(
                self.admin.sheet, content, situation=slug, dry_run=dry_run, by=request.user, quiet=True, seen=seen
            )
            check_add_permissions(request.user, summary.made)
            if not dry_run:
                counts = {"new": summary.new, "changed": summary.changed}
                record(f"{self.model.TYPE}.imported", actor=request.user, **counts)
        return summary

    def render_sheet(self, request, *, form, faults=(), summary=None, rows=()):
        return self.render(
            request,
            "spreadsheet_import",
            title=_("Import a spreadsheet"),
            form=form,
            faults=faults[:MAX_ROWS_SHOWN],
            more_faults=max(len(faults) - MAX_ROWS_SHOWN, 0),
            summary=summary,
            rows=rows[:MAX_ROWS_SHOWN],
            more_rows=max(len(rows) - MAX_ROWS_SHOWN, 0),
            columns=self.admin.sheet.columns,
            back=self.url("changelist"),
            sample=self.url("sample"),
        )

    def sample_view(self, request):
        """A workbook with every column and one row, to be filled in."""
        if not self.may_import(request):
            raise PermissionDenied
        columns, example = self.admin.sheet.columns.written(), self.admin.sheet.example
        response = HttpResponse(
            b"".join(stream_xlsx(columns, [[example.get(name, "") for name in columns]])), content_type=MEDIA_TYPE
        )
        response["Content-Disposition"] = f'attachment; filename="sample-{self.admin.opts.model_name}.xlsx"'
        return response

    # --- Out ---------------------------------------------------------------------------------------

    def export_view(self, request, kind):
        """What the list shows just now, all pages of it, as the columns that the import reads."""
        if not self.admin.has_change_permission(request):
            raise PermissionDenied
        items = self.admin.get_changelist_instance(request).get_queryset(request)
        record(f"{self.model.TYPE}.exported", actor=request.user, count=items.count())
        written = WRITERS[kind](self.admin.sheet.columns.written(), self.generate_rows(items))
        response = StreamingHttpResponse(written, content_type=MEDIA_TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="{self.admin.opts.model_name}.{kind}"'
        response["Cache-Control"] = "no-store, private"
        return response

    def generate_rows(self, items):
        header = self.admin.sheet.columns.written()
        for item in items.prefetch_related(*self.model.PREFETCH_RELATED).iterator(chunk_size=200):
            cells = get_cells(self.admin.sheet, item)
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
