"""This module knows how a spreadsheet is imported: all of it or nothing.

Shared by updates and testimonies, which know what their columns mean. What a row names (a situation,
a partner, a tag) is found, or made once. An empty cell says nothing and changes nothing.
"""

from django.db import transaction
from tqdm import tqdm

from audit.locks import hold_lock
from publishing.models import Release
from publishing.spreadsheets.reader import ImportSummary, SpreadsheetError
from publishing.spreadsheets.rows import read_sheet_rows
from publishing.text.redirects import REDIRECTS_REMOVED

from .columns import parse_row
from .matching import compare_row, match_rows, refuse_what_moved, report_duplicate_rows
from .references import ReferenceResolver
from .releasing import name_rows_left, publish_imported
from .saving import save_rows


@transaction.atomic
def import_sheet(
    sheet,
    source,
    *,
    situation="",
    publish=False,
    dry_run=False,
    by=None,
    quiet=False,
    also=(),
    correction=None,
    seen=None,
    include_hidden=False,
):
    """Imports a CSV or XLSX file (its path or its bytes), all or nothing; returns an `ImportSummary`, raises
    `SpreadsheetError`.

    `situation` is the slug for rows that name none. With `publish`, what consent or approval would refuse
    stays a draft and is named in the summary. `also` names columns that are not read here, and what is hidden is
    read only with `include_hidden`. `correction` is
    the note (language -> sentence) on what readers know already and is published again. `seen` are the digests
    of the rows that somebody looked at (`ImportSummary.digests`): if one of them is another by now, `ChangedSince`.
    """
    hold_lock("imports")  # two files at once would both make what neither of them found
    if publish or sheet.makes_releases:
        Release.objects.hold()  # before any row: so does whoever withdraws meanwhile, and a consent that is narrowed
    register, summary = ReferenceResolver(), ImportSummary()
    rows, faults, summary.notes = read_sheet_rows(source, sheet.columns, also=also, include_hidden=include_hidden)
    compared = compare_rows(sheet, rows, register, situation=situation, quiet=quiet, faults=faults)
    note_removed(rows, summary)
    refuse_what_moved(compared, seen)
    touched = save_rows(sheet, compared, summary=summary, by=by)
    wanted = [row.want for row in compared]
    summary.items = [(want.row, want.item or want.title) for want in wanted]
    summary.made = [*register.made, *register.created_partners]
    name_rows_left(wanted, summary)
    if publish:
        publish_imported(wanted, touched, summary=summary, by=by, correction=correction)
    transaction.set_rollback(dry_run)
    return summary


def note_removed(rows, summary):
    summary.removed = sum(row.removed for row in rows)
    if redirects := sum(row.redirects for row in rows):
        summary.notes.append(REDIRECTS_REMOVED % redirects)


def compare_rows(sheet, rows, register, *, situation, quiet, faults):
    """A `ComparedRow` for each row of the file. Raises `SpreadsheetError` with all faults at once."""
    shown = tqdm(rows, unit=" rows", disable=quiet or None)
    wanted = [want for row in shown if (want := parse_row(sheet, row, register, situation=situation))]
    report_duplicate_rows(wanted, column=sheet.title_column)
    match_rows(sheet, wanted)
    compared = [compare_row(sheet, want) for want in wanted]
    if faults:
        raise SpreadsheetError(faults)
    return compared
