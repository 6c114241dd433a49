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
from publishing.spreadsheets.csv import BYTE_ORDER_MARK, batched, csv_parts, harmless
from publishing.spreadsheets.reader import LARGEST_FILE, Fault, Faulty
from publishing.spreadsheets.xlsx import MEDIA_TYPE, xlsx_parts

from .models import Situation

LARGEST_PACKED = 4 * 1024 * 1024  # letters; a form of more than 5 MB is refused as a whole
MOST_SHOWN = 300
STATES = {"new": gettext_lazy("new"), "changed": gettext_lazy("changed"), "same": gettext_lazy("the same")}


class SheetForm(forms.Form):
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
        if len(packed(content)) > LARGEST_PACKED:
            raise forms.ValidationError(
                _("The file is too large to be imported here. Divide it, or import it on the server.")
            )
        return content


class PackedForm(forms.Form):
    """What the page of the judged file sends back."""

    packed = forms.CharField(widget=forms.HiddenInput, max_length=LARGEST_PACKED)
    situation = forms.ModelChoiceField(Situation.objects.all(), required=False, widget=forms.HiddenInput)

    def clean_packed(self):
        try:
            content = base64.b64decode(self.cleaned_data["packed"], validate=True)
            return zlib.decompressobj().decompress(content, LARGEST_FILE)
        except (binascii.Error, zlib.error, ValueError) as error:
            raise forms.ValidationError(_("The file was damaged on its way. Choose it once more.")) from error


def packed(content):
    return base64.b64encode(zlib.compress(content, 9)).decode()


class SheetPages:
    """Half of an admin. `importer` is made of `import_sheet`, `cells_of` gives what it reads."""

    change_list_template = "admin/desk/sheet_list.html"
    importer = None
    sheet_columns = None

    def get_urls(self):
        return [
            path("import/", self.admin_site.admin_view(self.import_view), name=self.url_name("import")),
            *(
                path(f"export.{kind}", self.admin_site.admin_view(self.export_view), {"kind": kind}, name=name)
                for kind, name in ((kind, self.url_name(f"export_{kind}")) for kind in FORMATS)
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
            return self.sheet_page(request, form=SheetForm())
        if "packed" in request.POST:
            return self.bring_in(request, PackedForm(request.POST))
        return self.judge(request, SheetForm(request.POST, request.FILES))

    def judge(self, request, form):
        """The page that says what would happen to each row."""
        if not form.is_valid():
            return self.sheet_page(request, form=form)
        content, situation = form.cleaned_data["file"], form.cleaned_data["situation"]
        try:
            summary = self.run(request, content, situation=situation, dry_run=True)
        except Faulty as faulty:
            return self.sheet_page(request, form=SheetForm(initial={"situation": situation}), faults=faulty.faults)
        return self.sheet_page(
            request,
            form=PackedForm(initial={"packed": packed(content), "situation": situation}),
            summary=summary,
            rows=[(row, item, said(summary.verdicts[row.number])) for row, item in summary.items],
        )

    def bring_in(self, request, form):
        if not form.is_valid():
            sentence = form.errors.get("packed", [_("Choose the file once more.")])[0]
            return self.sheet_page(request, form=SheetForm(), faults=[Fault(0, "", sentence)])
        try:
            summary = self.run(request, form.cleaned_data["packed"], situation=form.cleaned_data["situation"])
        except Faulty as faulty:
            return self.sheet_page(request, form=SheetForm(), faults=faulty.faults)
        messages.success(request, _("Imported as drafts, which nobody but staff can see: %s") % summary)
        return HttpResponseRedirect(self.url("changelist"))

    def run(self, request, content, *, situation, dry_run=False):
        with transaction.atomic():
            summary = self.importer(
                content, situation=situation.slug if situation else "", dry_run=dry_run, by=request.user, quiet=True
            )
            refuse_what_the_role_may_not_make(request.user, summary.made)
            if not dry_run:
                told = {"new": summary.new, "changed": summary.changed}
                record(f"{self.model.TYPE}.imported", actor=request.user, **told)
        return summary

    def sheet_page(self, request, *, form, faults=(), summary=None, rows=()):
        context = self.page_context(request, title=_("Import a spreadsheet")) | {
            "form": form,
            "faults": faults[:MOST_SHOWN],
            "more_faults": max(len(faults) - MOST_SHOWN, 0),
            "summary": summary,
            "rows": rows[:MOST_SHOWN],
            "more_rows": max(len(rows) - MOST_SHOWN, 0),
            "columns": self.sheet_columns,
            "back": self.url("changelist"),
        }
        return TemplateResponse(request, "admin/desk/sheet.html", context)

    # --- Out ---------------------------------------------------------------------------------------

    def export_view(self, request, kind):
        """What the list shows just now, all pages of it, as the columns that the import reads."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        items = self.get_changelist_instance(request).get_queryset(request)
        record(f"{self.model.TYPE}.exported", actor=request.user, count=items.count())
        written = FORMATS[kind](self.sheet_columns.written(), self.sheet_rows(items))
        response = StreamingHttpResponse(written, content_type=MEDIA_TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="{self.opts.model_name}.{kind}"'
        response["Cache-Control"] = "no-store, private"
        return response

    def sheet_rows(self, items):
        header = self.sheet_columns.written()
        for item in items.prefetch_related(*self.model.HANGING).iterator(chunk_size=200):
            cells = self.cells_of(item)
            yield [cells.get(name, "") for name in header]

    def cells_of(self, item):
        """Column -> text of one item."""
        raise NotImplementedError


def csv_for_people(header, rows):
    return csv_parts(header, rows, mark=BYTE_ORDER_MARK)


def xlsx(header, rows):
    return xlsx_parts(header, batched([harmless(cell) for cell in row] for row in rows), right_to_left=False)


FORMATS = {"csv": csv_for_people, "xlsx": xlsx}
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": MEDIA_TYPE}


def said(verdict):
    return {"state": verdict.state, "word": STATES[verdict.state], "columns": ", ".join(verdict.columns)}


def refuse_what_the_role_may_not_make(account, made):
    faults = [
        Fault(0, thing._meta.model_name, _("“%s” does not exist yet, and your role may not make it.") % thing)
        for thing in made
        if not account.has_perm(f"{thing._meta.app_label}.add_{thing._meta.model_name}")
    ]
    if faults:
        raise Faulty(faults)
