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
SHEET = SheetSpec(model=Update, columns=COLUMNS)
import_updates = partial(import_sheet, SHEET)
