"""This module knows how to read a spreadsheet, and how to say what is wrong with it by row and column.

Rows are numbered as a spreadsheet shows them: the header is row 1. Nothing here writes to the
database; what the columns mean is known by the room that imports.
"""

import csv
import datetime as dt
import io
import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from publishing.dates import Precision
from publishing.fields import refuse_other_languages
from publishing.text import cleaning
from publishing.translated_values import get_translations

from .csv import unescape_formula

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELL_CHARACTERS = 1_000_000
MIN_YEAR, MAX_YEAR = 1900, 2100


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where; `row` 0 means the file as a whole."""

    row: int
    column: str
    sentence: str

    def __str__(self):
        place = [_("row %d") % self.row] if self.row else []
        place += [_("column %s") % self.column] if self.column else []
        return f"{', '.join(place)}: {self.sentence}" if place else self.sentence


class SpreadsheetError(Exception):
    """Nothing was imported; `faults` says everything that stands against it."""

    def __init__(self, faults):
        self.faults = sorted(faults, key=lambda fault: (fault.row, fault.column))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class RowOutcome:
    """What an import makes of one row: "new", "changed" (and in which columns) or "same"."""

    state: str
    columns: tuple = ()


@dataclass
class ImportSummary:
    """What an import did, or would do.

    `items` are pairs of a row and its working copy, `verdicts` maps the number of a row to its `Verdict`,
    `made` are the situations and partners that the file named and that did not exist. Of what was published, `again`
    are the numbers of rows of which readers knew an earlier version, and `findings` says as `Fault`s what the safety
    check asks about.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0
    published: int = 0
    left: list = field(default_factory=list)
    items: list = field(default_factory=list, repr=False)
    verdicts: dict = field(default_factory=dict, repr=False)
    made: list = field(default_factory=list, repr=False)
    again: list = field(default_factory=list, repr=False)
    findings: list = field(default_factory=list, repr=False)

    def __str__(self):
        parts = [_("%(new)d new, %(changed)d changed, %(same)d the same.") % vars(self)]
        if self.published:
            parts.append(_("%d published.") % self.published)
        if self.removed:
            parts.append(_("%d control or direction characters were removed.") % self.removed)
        return " ".join(parts)


# --- Files to rows ----------------------------------------------------------------------------


def open_table(source):
    """(header, rows) of a CSV or XLSX file, given as its path or its bytes; rows yield (number, list of cells).

    Raises `Faulty`.
    """
    content = source if isinstance(source, bytes) else read_file_bytes(Path(source))
    if content.startswith(b"PK"):
        rows = read_workbook_rows(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise SpreadsheetError([Fault(0, "", _("This is an old Excel file. Save it as .xlsx or as CSV (UTF-8)."))])
    else:
        rows = read_csv_rows(content)
    header = next(rows, (1, []))[1]
    if not any(header):
        raise SpreadsheetError([Fault(0, "", _("The file is empty: the first row has to name the columns."))])
    return [name.strip() for name in header], rows


def read_file_bytes(path):
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise SpreadsheetError([Fault(0, "", _("The file is larger than 64 MB."))])
        return path.read_bytes()
    except OSError as error:
        raise SpreadsheetError([Fault(0, "", f"{path}: {error.strerror}.")]) from error


def read_csv_rows(content):
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        sentence = _("This is not UTF-8 from here on. In a spreadsheet choose “CSV UTF-8” when saving.")
        raise SpreadsheetError([Fault(row, "", sentence)]) from error
    first_line = words.partition("\n")[0]
    mark = max(",;\t", key=first_line.count)
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=mark, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, cells
    except csv.Error as error:
        raise SpreadsheetError([Fault(number + 1, "", _("This row cannot be read: %s.") % error)]) from error


def read_workbook_rows(content):
    """The first sheet, cell by cell as text."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise SpreadsheetError([Fault(0, "", _("The workbook unpacks to more than 512 MB."))])
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = workbook.worksheets[0]
        # What a sheet claims about its size is not to be trusted.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
            yield number, strip_trailing_cells([format_cell(cell) for cell in cells])
    except SpreadsheetError:
        raise
    except Exception as error:  # openpyxl raises whatever its parts raise
        raise SpreadsheetError(
            [Fault(0, "", _("This workbook cannot be read: it is damaged or not an .xlsx file."))]
        ) from error


class FormulaCell(str):
    """A cell that computes: kept apart, since what it shows is not what it says."""

    __slots__ = ()


def strip_trailing_cells(cells):
    """The cells up to the last one that says anything; a sheet pads its rows."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def format_cell(cell):
    value = cell.value
    if cell.data_type == "f":
        return FormulaCell(value)
    if value is None:
        return ""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# --- Rows to words ----------------------------------------------------------------------------


@dataclass(frozen=True)
class SheetColumns:
    """The columns of one kind of sheet: `translated` ones may carry a language suffix (`title_fr`)."""

    plain: tuple
    translated: tuple
    required: tuple

    def all(self):
        suffixed = [f"{name}_{code}" for name in self.translated for code in settings.SHIPPED_LANGUAGES]
        return [*self.plain, *self.translated, *suffixed]

    def written(self):
        """The columns of an export: every translated one with its language."""
        site = [code for code, _label in settings.LANGUAGES]
        return [*self.plain, *(f"{name}_{code}" for name in self.translated for code in site)]

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
        faults += [Fault(1, name, _("This column stands twice.")) for name in set(header) if header.count(name) > 1]
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
        self.removed = 0

    def add_fault(self, column, sentence):
        self.faults.append(Fault(self.number, column, sentence))

    def raw(self, column):
        value = self.cells.get(column, "")
        if isinstance(value, FormulaCell):
            self.add_fault(column, _("A formula. Paste its value instead."))
            return ""
        if "\0" in value:
            self.add_fault(column, _("It contains a NUL character."))
            return ""
        self.removed += cleaning.count_removed_characters(value)
        return unescape_formula(value)

    def plain(self, column, *, limit, required=False):
        return self.checked(column, cleaning.clean_line(self.raw(column)), limit=limit, required=required)

    def lines(self, column, *, limit=MAX_CELL_CHARACTERS):
        return self.checked(column, cleaning.clean_lines(self.raw(column)), limit=limit)

    def rich(self, column):
        return self.checked(column, cleaning.clean_html(self.raw(column)), limit=MAX_CELL_CHARACTERS)

    def checked(self, column, value, *, limit, required=False):
        if required and not value:
            self.add_fault(column, _("It is empty."))
        if len(value) > limit:
            self.add_fault(column, _("It is longer than %d characters.") % limit)
            return ""
        return value

    def translated(self, column, read, *, language, **limits):
        """Language -> text, of a column and its suffixed forms; the bare column is in `language`."""
        names = {language: column, **{code: f"{column}_{code}" for code in settings.SHIPPED_LANGUAGES}}
        if f"{column}_{language}" not in self.cells:
            names[language] = column
        elif self.cells.get(column):
            self.add_fault(column, _("It stands twice: here and in %s.") % f"{column}_{language}")
        return {code: value for code, name in names.items() if (value := read(self, name, **limits))}

    def choice(self, column, choices, *, default):
        value = self.plain(column, limit=100)
        if not value:
            return default
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
        value = self.plain(column, limit=12) or default
        try:
            refuse_other_languages(value)
        except ValidationError as error:
            self.add_fault(column, " ".join(error.messages))
            return default
        return value

    def address(self, column):
        value = self.plain(column, limit=500)
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

    def date(self, column, *, required=False):
        value = self.plain(column, limit=40)
        if not value and not required:
            return None
        with suppress(ValueError):
            day = dt.date.fromisoformat(value)
            if MIN_YEAR <= day.year <= MAX_YEAR:
                return day
        self.add_fault(column, _("“%s” is not a date such as 2020-08-14.") % value)
        return None

    def when(self):
        """(date to sort by, precision): “2020-08” and “2020” are dates too where no more is known."""
        precision = self.choice("date_precision", Precision.values, default=Precision.DAY)
        value = self.cells.get("date", "").strip()
        if precision == Precision.MONTH and re.fullmatch(r"\d{4}-\d{2}", value):
            self.cells["date"] = f"{value}-01"
        if precision == Precision.YEAR and re.fullmatch(r"\d{4}", value):
            self.cells["date"] = f"{value}-01-01"
        return self.date("date", required=True), precision


def read_sheet_rows(source, columns, *, also=()):
    """All rows of a file, its path or its bytes, as `Row`s that share one list of faults: (rows, faults).

    Raises `Faulty` for the file. `also` names columns that may stand in the file and are not read.
    """
    header, table = open_table(source)
    faults = columns.faults([name for name in header if name not in also])
    if faults:
        raise SpreadsheetError(faults)
    rows = []
    for number, cells in table:
        if not any(cells):
            continue
        if len(rows) == MAX_ROWS:
            raise SpreadsheetError([Fault(number, "", _("There are more than %d rows.") % MAX_ROWS)])
        if any(cells[len(header) :]):
            faults.append(Fault(number, "", _("It has more cells than the header has columns.")))
        rows.append(SheetRow(number, dict(zip(header, cells, strict=False)), faults))
    if not rows:
        raise SpreadsheetError([Fault(0, "", _("The file has a header but no rows."))])
    return rows, faults
