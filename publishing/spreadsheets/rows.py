"""This module knows what the cells of a row may say: clean values, or faults by row and column.

Nothing here writes to the database; what the columns mean is known by the room that imports.
"""

import datetime as dt
import re
import uuid
from contextlib import suppress
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from publishing.fields import LinesField, RichField, WebAddressField, refuse_other_languages
from publishing.publication import Precision
from publishing.text import cleaning
from publishing.text.characters import SIGNS, fold_text
from publishing.text.languages import normalise_language_code
from publishing.text.redirects import count_redirects
from publishing.text.translated_values import get_translations

from .csv import unescape_formula
from .reader import MAX_CELL_CHARACTERS, ErrorCell, Fault, FormulaCell, SpreadsheetError, open_table

MAX_ROWS = 200_000
MIN_YEAR, MAX_YEAR = 1900, 2100
TIME_OF_DAY = re.compile(r"[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[AaPp][Mm])?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?$")


@dataclass(frozen=True)
class SheetColumns:
    """The columns of one kind of sheet: `translated` ones may carry a language suffix (`title_fr`).

    `originals` maps those that without a suffix also hold words in a language that the site does not have to the
    fields for these. `identity` are the columns of an export that say which item a row is, and which version of it.
    """

    plain: tuple
    translated: tuple
    required: tuple
    originals: dict = field(default_factory=dict)
    identity: tuple = ()

    def all(self):
        suffixed = [f"{name}_{code}" for name in self.translated for code in settings.SHIPPED_LANGUAGES]
        return [*self.plain, *self.translated, *suffixed, *self.identity]

    def written(self):
        """The columns of an export: every translated one with its language."""
        site = [code for code, _label in settings.LANGUAGES]
        translated = [f"{name}_{code}" for name in self.translated for code in site]
        return [*self.plain, *self.originals, *translated, *self.identity]

    def words_of(self, item):
        """Column -> text, of the translated columns of a working copy."""
        return {
            f"{name}_{code}": words for name in self.translated for code, words in get_translations(item, name).items()
        }

    def faults(self, header):
        known = self.all()
        faults = [
            Fault(1, name or "?", _("Unknown column. Known are: %s.") % ", ".join([*self.plain, *self.translated]))
            for name in header
            if name not in known
        ]
        faults += [
            Fault(1, name, _("This column is in the file twice.")) for name in set(header) if header.count(name) > 1
        ]
        return faults + [
            Fault(1, name, _("This column is missing."))
            for name in self.required
            if name not in header and not any(column.startswith(f"{name}_") for column in header)
        ]


class SheetRow:
    """One row of a sheet. Each reader gives a clean value, or notes a `Fault` and gives an empty one."""

    def __init__(self, number, cells, faults):
        self.number = number
        self.cells = cells
        self.faults = faults
        self.removed = self.redirects = 0

    def add_fault(self, column, sentence):
        self.faults.append(Fault(self.number, column, sentence))

    def raw(self, column):
        value = self.cells.get(column, "")
        if isinstance(value, FormulaCell):
            self.add_fault(column, _("A formula. Paste its value instead."))
            return ""
        if isinstance(value, ErrorCell):
            self.add_fault(column, _("The cell shows an error: %s.") % value)
            return ""
        if "\0" in value:
            self.add_fault(column, _("It contains a NUL character."))
            return ""
        self.redirects += count_redirects(value)
        self.removed += cleaning.count_removed_characters(value)
        return unescape_formula(value)

    def value(self, field, *, column="", required=False):
        """A clean value for a field of a model: its class says how it is cleaned, its length is the limit."""
        column = column or field.name
        if field.choices:
            return self.choice(column, dict(field.flatchoices), default="")
        if isinstance(field, WebAddressField):
            return self.address(column, limit=field.max_length)
        if isinstance(field, RichField):
            return self.rich(column)
        if isinstance(field, LinesField):
            return self.lines(column)
        return self.plain(column, limit=field.max_length, required=required)

    def plain(self, column, *, limit, required=False):
        return self.checked(column, cleaning.clean_line(self.raw(column)), limit=limit, required=required)

    def lines(self, column):
        return self.checked(column, cleaning.clean_lines(self.raw(column)), limit=MAX_CELL_CHARACTERS)

    def rich(self, column):
        return self.checked(column, cleaning.clean_html(self.raw(column)), limit=MAX_CELL_CHARACTERS)

    def checked(self, column, value, *, limit, required=False):
        if required and not value:
            self.add_fault(column, _("It is empty."))
        if len(value) > limit:
            self.add_fault(column, _("It is longer than %d characters.") % limit)
            return ""
        return value

    def translated(self, field, *, language):
        """Language -> text, of a column and its suffixed forms.

        The bare column is in `language`; "" where it is read otherwise. It may stand beside the suffixed one of its
        language as long as not both say something, and something else.
        """
        column = field.name
        texts = {code: self.value(field, column=f"{column}_{code}") for code in settings.SHIPPED_LANGUAGES}
        if language:
            bare, own = self.value(field, column=column), texts[language]
            if bare and own and bare != own:
                self.add_fault(column, _("It appears twice: here and in %s.") % f"{column}_{language}")
            texts[language] = own or bare
        return {code: text for code, text in texts.items() if text}

    def choice(self, column, choices, *, default):
        value = self.plain(column, limit=100)
        if not value:
            return default
        value = {fold_text(known): known for known in map(str, choices)}.get(fold_text(value), value)
        if value not in choices:
            known = ", ".join(choices)
            self.add_fault(
                column, _("“%(value)s” is unknown. Known are: %(known)s.") % {"value": value, "known": known}
            )
            return default
        return value

    def language(self, column, *, default, of_site=False):
        """A code of ISO 639; with `of_site`, one of the languages of this site."""
        if of_site:
            return self.choice(column, [code for code, _label in settings.LANGUAGES], default=default)
        value = normalise_language_code(self.plain(column, limit=12)) or default
        try:
            refuse_other_languages(value)
        except ValidationError as error:
            self.add_fault(column, " ".join(error.messages))
            return default
        return value

    def address(self, column, *, limit):
        value = self.plain(column, limit=limit)
        if not value:
            return ""
        try:
            return cleaning.web_address(value) or value
        except ValidationError as error:
            self.add_fault(column, " ".join(error.messages))
            return ""

    def listing(self, column, *, marks=";"):
        parts = re.split(f"[{marks}]", self.raw(column))
        return list(dict.fromkeys(filter(None, map(cleaning.clean_line, parts))))

    def uid(self, column):
        """The number of an item, or None for an empty cell."""
        value = self.plain(column, limit=40)
        try:
            return uuid.UUID(value) if value else None
        except ValueError:
            self.add_fault(column, _("“%s” is not the number of an item. Leave it as the export wrote it.") % value)
            return None

    def integer(self, column):
        value = self.plain(column, limit=20)
        if value and not (value.isascii() and value.isdecimal()):
            self.add_fault(column, _("“%s” is not a number.") % value)
            return None
        return int(value) if value else None

    def date(self, column, *, required=False):
        value = self.plain(column, limit=40)
        if not value and not required:
            return None
        with suppress(ValueError):
            # Exports of other programs hold a time: the day is what counts, as it is written there.
            day = dt.date.fromisoformat(TIME_OF_DAY.sub("", value.translate(SIGNS).strip()))
            if MIN_YEAR <= day.year <= MAX_YEAR:
                return day
        self.add_fault(column, _("“%s” is not a date such as 2020-08-14.") % value)
        return None

    def when(self):
        """(date to sort by, precision): “2020-08” and “2020” are dates too where no more is known."""
        precision = self.choice("date_precision", Precision.values, default=Precision.DAY)
        value = self.cells.get("date", "").translate(SIGNS).strip()
        if precision == Precision.MONTH and re.fullmatch(r"\d{4}-\d{2}", value):
            self.cells["date"] = f"{value}-01"
        if precision == Precision.YEAR and re.fullmatch(r"\d{4}", value):
            self.cells["date"] = f"{value}-01-01"
        return self.date("date", required=True), precision


def read_sheet_rows(source, columns, *, also=(), include_hidden=False):
    """All rows of a file, its path or its bytes, as `SheetRow`s that share one list of faults: (rows, faults, notes).

    Raises `SpreadsheetError` for the file. `also` names columns that may stand in the file and are not read.
    """
    table = open_table(source, include_hidden=include_hidden)
    faults = columns.faults([name for name in table.header if name and name not in also])
    if faults:
        raise SpreadsheetError(faults)
    rows = []
    for number, cells in table.rows:
        if not any(cells):
            continue
        if len(rows) == MAX_ROWS:
            raise SpreadsheetError([Fault(number, "", _("There are more than %d rows.") % MAX_ROWS)])
        named = dict(zip(table.header, cells, strict=False))
        if any(cells[len(table.header) :]) or named.pop("", ""):
            faults.append(Fault(number, "", _("It has more cells than the header has columns.")))
        rows.append(SheetRow(number, named, faults))
    if not rows:
        raise SpreadsheetError([Fault(0, "", _("The file has a header but no rows."))])
    return rows, faults, table.notes
