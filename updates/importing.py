"""This module knows what makes a row of a sheet an update."""

from functools import partial

from django.conf import settings
from django.utils.translation import gettext as _

from situations.spreadsheet_fields import build_sheet_columns, read_links, read_values
from situations.spreadsheet_import import ParsedRow, SheetSpec, import_sheet

from .models import Update

COLUMNS = build_sheet_columns(
    Update,
    order=("situation", "kind", "date", "date_precision", "publisher", "co_publishers", "url", "tags", "language"),
    required=("date", "title"),
)


def get_update_key(row):
    """Situation, language, title, date: what makes an update the same in a later file."""
    return row["situation_id"], row["language"], row[f"title_{row['language']}"], row["date"]


def parse_update_row(row, register, *, situation):
    """The `ParsedRow` of a row, or None if it has no place; every fault is noted in the row."""
    language = row.language("language", default=settings.LANGUAGE_CODE, of_site=True)
    place = register.situation(row, default=situation, language=language)
    values = read_values(row, Update, COLUMNS, register, language=language)
    links = read_links(row, Update, COLUMNS, register, language=language)
    title = values.get(f"title_{language}", "")
    if not title:
        row.add_fault("title", _("It is empty."))
    if place is None or values["date"] is None:
        return None
    return ParsedRow(
        row=row,
        key=(place.pk, language, title, values["date"]),
        title=values.get("title_en") or title,
        values={**values, "situation": place, "language": language},
        links=links,
    )


SHEET = SheetSpec(
    model=Update,
    columns=COLUMNS,
    title="title",
    key_columns=("language", "date", *(f"title_{code}" for code in settings.SHIPPED_LANGUAGES)),
    key_of=get_update_key,
    read=parse_update_row,
)
import_updates = partial(import_sheet, SHEET)
