"""What the columns of a sheet of items mean, read from the fields of their model and from what these release.

Not here: how rows become working copies (`importing.py`), the consent of a testimony
(`stories/spreadsheet_columns.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from publishing.spreadsheets.rows import SheetColumns, SheetRow
from publishing.text.languages import is_language_code, normalise_language_code
from publishing.text.translated_values import get_columns

from .former_keys import build_key

IDENTITY = ("uid", "version")
DATES = ("date", "date_precision")  # read together, since the one says how much of the other is known


@dataclass
class ParsedRow:
    """One row, read: `values` and `links` hold only what the row says; `key` names the item across files.

    `links` maps "tags" or a many-to-many field to a set of objects; `initial_values` are values of a new item that
    no later file changes; `more` is for `SheetSpec.finish`; `uid` and `version` are those of an export, if it was one.
    """

    row: SheetRow
    key: tuple
    title: str
    values: dict
    links: dict = field(default_factory=dict)
    initial_values: dict = field(default_factory=dict)
    more: dict | None = None
    uid: object = None
    version: int | None = None
    item: object = None
    before: object = None  # an existing item as it was
    left: str = ""  # why nothing is done for this row


@dataclass(frozen=True)
class SheetSpec:
    """What one kind of sheet means: what makes an item the same in a later file are its situation, the language and
    title in which it was given, and its date.

    `example` is a row that shows people how one is filled.
    `read_more(row)` reads what hangs on an item, `finish(wanted, by=...)` writes it, `more_cells(item)` gives it out;
    `find_more_changes(item, more)` names the columns in which it differs.
    """

    model: type
    columns: SheetColumns
    example: dict = field(default_factory=dict)
    makes_releases: bool = False  # even where nothing is to be published, as a consent that is narrowed does
    read_more: Callable = lambda row: None
    finish: Callable = lambda wanted, *, by: None
    more_cells: Callable = lambda item: {}
    find_more_changes: Callable = lambda item, more: []

    @property
    def original(self):
        return self.model.released.original

    @property
    def title_column(self):
        return self.original["title"] if is_always_original(self.model) else "title"

    @property
    def key_columns(self):
        return ["language", self.original["language"], self.original["title"], "date", *get_columns("title")]

    def has_original(self, language):
        """Whether the words of an item in this language stand in its fields for the original."""
        return is_always_original(self.model) or language not in dict(settings.LANGUAGES)

    def key_of(self, row):
        """The key of an item, out of a dict of `key_columns` of the table."""
        given = row[self.original["language"]]
        title = row[self.original["title"] if given else f"title_{row['language']}"]
        return build_key(row["situation_id"], given or row["language"], title, row["date"])


def is_always_original(model):
    """Whether each item was given in a language of its own, with columns for its words, as a testimony is.

    Of other items the columns without a language hold the words, in whatever language they are.
    """
    return not model._meta.get_field(model.released.original["language"]).blank


def build_sheet_columns(model, *, order, required):
    """The columns of a sheet. `order` names those without a language as they stand; what it leaves out comes last."""
    released = model.released
    given = {name: part for part, name in released.original.items() if part != "language"}
    words = [name for name in released.texts.values() if name not in released.not_in_sheets]
    plain = [*released.columns.values(), *released.credits.values()]
    if is_always_original(model):
        return SheetColumns(tuple(dict.fromkeys([*order, *given, *plain])), tuple(words), required, identity=IDENTITY)
    originals = {name: released.originals[name] for name in words if name in released.originals}
    return SheetColumns(tuple(dict.fromkeys([*order, *plain])), tuple(words), required, originals, identity=IDENTITY)


def get_column_fields(sheet):
    """The fields of the columns; "situation" and "language" are none, since they say how and where the rest is read."""
    released, model = sheet.model.released, sheet.model
    names = {*released.columns.values(), *released.original.values(), *released.relations}
    return [model._meta.get_field(name) for name in sheet.columns.plain if name in names]


# --- In ---------------------------------------------------------------------------------------


def parse_row(sheet, row, register, *, situation):
    """The `ParsedRow` of a row, or None if it has no place; every fault is noted in the row."""
    given = read_language(sheet, row)
    bare = given if given in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    place = register.situation(row, default=situation, language=bare)
    is_original = sheet.has_original(given)
    values = read_values(sheet, row, register, language=bare)
    if is_original and sheet.columns.originals:
        values |= read_texts(sheet, row, language="") | read_originals(sheet, row)
    else:
        values |= read_texts(sheet, row, language=bare)
    title = values.get(sheet.original["title"] if is_original else f"title_{given}", "")
    if not title and sheet.title_column == "title":
        row.add_fault("title", _("It is empty."))
    links, more = read_links(sheet, row, register, language=bare), sheet.read_more(row)
    uid, version = row.uid("uid"), row.integer("version")
    if place is None or not all(values.get(name) for name in {"date", *sheet.columns.required} - {sheet.title_column}):
        return None
    return ParsedRow(
        row=row,
        key=build_key(place.pk, given, title, values["date"]),
        title=values.get("title_en") or title,
        values=values | {"situation": place, sheet.original["language"] if is_original else "language": given},
        links=links,
        initial_values={"language": bare} if is_original else {},
        more=more,
        uid=uid,
        version=version,
    )


def read_language(sheet, row):
    """The code of the row; one of the site where that is the language, whatever region the row names."""
    if is_always_original(sheet.model):
        return row.language("language", default=settings.LANGUAGE_CODE)
    code = normalise_language_code(row.plain("language", limit=12)) or settings.LANGUAGE_CODE
    site = dict(settings.LANGUAGES)
    if not is_language_code(code):
        words = {"value": code, "known": ", ".join(site)}
        row.add_fault("language", _("“%(value)s” is not a code of a language. This site has: %(known)s.") % words)
    of_site = code.partition("-")[0]
    return of_site if of_site in site else code


def read_originals(sheet, row):
    """Field -> words, of the columns without a language in a row that is in none of the site's languages."""
    fields = {name: sheet.model._meta.get_field(field) for name, field in sheet.columns.originals.items()}
    for name in set(sheet.columns.translated) - fields.keys():
        if row.cells.get(name):
            column = f"{name}_{settings.LANGUAGE_CODE}"
            row.add_fault(name, _("Write this in a language of the site, for example in the column %s.") % column)
    read = {field.name: row.value(field, column=name) for name, field in fields.items()}
    return {name: value for name, value in read.items() if value}


def read_texts(sheet, row, *, language):
    """Column -> text, of every language that the row has words in; `language` is that of the bare columns, "" where
    these are read otherwise."""
    words = {
        name: row.translated(sheet.model._meta.get_field(name), language=language) for name in sheet.columns.translated
    }
    return {f"{name}_{code}": text for name, texts in words.items() for code, text in texts.items()}


def read_values(sheet, row, register, *, language):
    """The untranslated fields that the row says something about; date and precision always."""
    fields = [one for one in get_column_fields(sheet) if one.name not in DATES and not one.many_to_many]
    said = {one.name: read_value(row, one, register, language=language) for one in fields}
    day, precision = row.when()
    return {name: value for name, value in said.items() if value} | {"date": day, "date_precision": precision}


def read_value(row, column, register, *, language):
    if not column.many_to_one:
        return row.value(column, required=not column.blank)
    name_field = column.related_model._meta.get_field("name")
    name = row.value(name_field, column=column.name, required=not column.null)
    return register.partner(name, language=language) if name else None


def read_links(sheet, row, register, *, language):
    """Relation -> objects, of what the row says about them."""
    links = {}
    for one in [one for one in get_column_fields(sheet) if one.many_to_many]:
        make, marks = (register.tag, ";,") if one.name == "tags" else (register.partner, ";")
        links[one.name] = {make(name, language=language) for name in row.listing(one.name, marks=marks)}
    return {name: things for name, things in links.items() if things}


# --- Out --------------------------------------------------------------------------------------


def get_cells(sheet, item):
    """Column -> text of an item, as `parse_row` understands it."""
    own = {"situation": item.situation.slug, "language": getattr(item, sheet.original["language"]) or item.language}
    own |= {"uid": str(item.uid), "version": str(item.version)}
    own |= {name: getattr(item, field) for name, field in sheet.columns.originals.items()}
    plain = {one.name: format_cell(item, one) for one in get_column_fields(sheet)}
    return own | plain | sheet.columns.words_of(item) | sheet.more_cells(item)


def format_cell(item, column):
    value = getattr(item, column.name)
    if column.many_to_many:
        return "; ".join(map(str, value.all()))
    return value.isoformat() if isinstance(column, models.DateField) else str(value or "")
