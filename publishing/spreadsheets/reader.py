"""This module knows how to read a spreadsheet, and how to say what is wrong with it by row and column.

Rows are numbered as a spreadsheet shows them: the header is row 1. Not here: what a cell may say (`rows.py`).
"""

import csv
import datetime as dt
import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _
from openpyxl import load_workbook

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_COLUMNS = 200
MAX_CELL_CHARACTERS = 1_000_000


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
    """What an import makes of one row: "new", "changed" (and in which columns), "same", or "left" (and why)."""

    state: str
    columns: tuple = ()


@dataclass
class ImportSummary:
    """What an import did, or would do.

    `items` are pairs of a row and its working copy, or its title where nothing is made of it; `verdicts` maps the
    number of a row to its `RowOutcome`, `digests` to what somebody sees who looks at it. `made` are the situations and
    partners that the file named and that did not exist. `left` says what was not published or not even touched and
    why, `taken_back` the latter alone. Of what was published, `again`
    are the numbers of rows of which readers knew an earlier version, and `findings` says as `Fault`s what the safety
    check asks about.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0
    published: int = 0
    left: list = field(default_factory=list)
    taken_back: list = field(default_factory=list, repr=False)
    items: list = field(default_factory=list, repr=False)
    verdicts: dict = field(default_factory=dict, repr=False)
    digests: dict = field(default_factory=dict, repr=False)
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

    Raises `SpreadsheetError`.
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
