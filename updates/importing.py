"""This module knows what the columns of a sheet of updates mean."""

from functools import partial

from django.conf import settings
from django.utils.translation import gettext as _

from publishing.kinds import UPDATE_KINDS
from publishing.spreadsheets.reader import SheetColumns, SheetRow
from situations.spreadsheet_import import ParsedRow, SheetSpec, import_sheet

from .models import Update

COLUMNS = SheetColumns(
    plain=("situation", "kind", "date", "date_precision", "publisher", "co_publishers", "url", "tags", "language"),
    translated=("title", "subtitle", "summary", "body", "content_note"),
    required=("date", "title"),
)
TITLE_COLUMNS = [f"title_{code}" for code in settings.SHIPPED_LANGUAGES]


def get_update_key(row):
    """Situation, language, title, date: what makes an update the same in a later file."""
    return row["situation_id"], row["language"], row[f"title_{row['language']}"], row["date"]


def parse_update_row(row, register, *, situation):
    """The `Wanted` of a row, or None if it has no place; every fault is noted in the row."""
    language = row.language("language", default=settings.LANGUAGE_CODE, of_site=True)
    place = register.situation(row, default=situation, language=language)
    words = {name: row.translated(name, READERS[name], language=language) for name in COLUMNS.translated}
    title = words["title"].get(language, "")
    if not title:
        row.add_fault("title", _("It is empty."))
    values = {f"{name}_{code}": text for name, texts in words.items() for code, text in texts.items()}
    values |= parse_plain_values(row, register, language=language)
    if place is None or values["date"] is None:
        return None
    return ParsedRow(
        row=row,
        key=(place.pk, language, title, values["date"]),
        title=words["title"].get("en") or title,
        values={**values, "situation": place, "language": language},
        links=parse_links(row, register, language=language),
    )


READERS = {
    "title": lambda row, column: row.plain(column, limit=400),
    "subtitle": lambda row, column: row.plain(column, limit=400),
    "summary": SheetRow.lines,
    "body": SheetRow.rich,
    "content_note": lambda row, column: row.plain(column, limit=160),
}


def parse_plain_values(row, register, *, language):
    """The untranslated fields that the row says something about; date and precision always."""
    date, precision = row.when()
    said = {"kind": row.choice("kind", UPDATE_KINDS, default=""), "url": row.address("url")}
    publisher = row.plain("publisher", limit=160)
    if publisher:
        said["publisher"] = register.partner(publisher, language=language)
    return {name: value for name, value in said.items() if value} | {"date": date, "date_precision": precision}


def parse_links(row, register, *, language):
    tags = {register.tag(name, language=language) for name in row.listing("tags", marks=";,")}
    partners = {register.partner(name, language=language) for name in row.listing("co_publishers")}
    return {name: things for name, things in {"tags": tags, "co_publishers": partners}.items() if things}


def get_update_cells(update):
    """Column -> text of an update, as `read` understands it."""
    return {
        "situation": update.situation.slug,
        "kind": update.kind,
        "date": update.date.isoformat(),
        "date_precision": update.date_precision,
        "publisher": str(update.publisher or ""),
        "co_publishers": "; ".join(map(str, update.co_publishers.all())),
        "url": update.url,
        "tags": "; ".join(map(str, update.tags.all())),
        "language": update.language,
        **COLUMNS.words_of(update),
    }


import_updates = partial(
    import_sheet,
    SheetSpec(
        model=Update,
        columns=COLUMNS,
        title="title",
        key_columns=("language", "date", *TITLE_COLUMNS),
        key_of=get_update_key,
        read=parse_update_row,
    ),
)
