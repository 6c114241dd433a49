"""This module knows the columns of a sheet of updates."""

from functools import partial

from situations.spreadsheets.columns import SheetSpec, build_sheet_columns
from situations.spreadsheets.importing import import_sheet

from .models import Update

COLUMNS = build_sheet_columns(
    Update,
    order=("situation", "kind", "date", "date_precision", "publisher", "co_publishers", "url", "tags", "language"),
    required=("date", "title"),
)
EXAMPLE = {
    "situation": "belarus", "kind": "statement", "date": "2020-08-14", "date_precision": "day", "language": "en",
    "tags": "detention; health", "title_en": "Stop reprisals against human rights defenders",
    "summary_en": "One or two sentences for the timeline.", "body_en": "The text.\n\nAn empty line begins a paragraph.",
}  # fmt: skip
SHEET = SheetSpec(model=Update, columns=COLUMNS, example=EXAMPLE)
import_updates = partial(import_sheet, SHEET)
