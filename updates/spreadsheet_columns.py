"""This module knows the columns of a sheet of updates."""

from functools import partial

from situations.spreadsheet_fields import SheetSpec, build_sheet_columns
from situations.spreadsheet_import import import_sheet

from .models import Update

COLUMNS = build_sheet_columns(
    Update,
    order=("situation", "kind", "date", "date_precision", "publisher", "co_publishers", "url", "tags", "language"),
    required=("date", "title"),
)
SHEET = SheetSpec(model=Update, columns=COLUMNS)
import_updates = partial(import_sheet, SHEET)
