"""This module knows how to read a spreadsheet, and how to say what is wrong with it by row and column.

Rows are numbered as a spreadsheet shows them: the header is row 1. Not here: what a cell may say (`rows.py`).
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from publishing.media.sandbox import FileRefused, Limits, run_in_sandbox
from publishing.text.characters import INVISIBLE, SPACES, fold_text

from .workbook import ERROR, FORMULA, read_workbook

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_CELL_CHARACTERS = 1_000_000
LIMITS = Limits(memory=1024, seconds=20)
UNSEEN = INVISIBLE + SPACES
SEPARATOR_LINE = re.compile('"?sep=(.)"?', re.IGNORECASE)
TABLE_TITLE = re.compile(r"(?:Table|Tableau|Tabla|Таблица|Табліца|جدول)[ -]?\d+(?:-\d+)?")


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
    check asks about. `notes` are sentences on what of the file was not read.
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
    notes: list = field(default_factory=list, repr=False)

    def __str__(self):
        parts = [_("%(new)d new, %(changed)d changed, %(same)d the same.") % vars(self)]
        if self.published:
            parts.append(_("%d published.") % self.published)
        if self.removed:
            parts.append(_("%d control or direction characters were removed.") % self.removed)
        return " ".join(parts)


# --- Files to rows ----------------------------------------------------------------------------


@dataclass
class Table:
    """`header` are the names of the columns as `normalise_header` writes them, `rows` yield (number, list of cells).

    `notes` are sentences on what of the file is hidden and was not read.
    """

    header: list
    rows: Iterator
    notes: list = field(default_factory=list)


def open_table(source, *, include_hidden=False):
    """The `Table` of a CSV or XLSX file, given as its path or its bytes. Raises `SpreadsheetError`."""
    content = source if isinstance(source, bytes) else read_file_bytes(Path(source))
    notes = []
    if content.startswith(b"PK"):
        rows, notes = read_workbook_rows(content, include_hidden=include_hidden)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise SpreadsheetError([Fault(0, "", _("This is an old Excel file. Save it as .xlsx or as CSV (UTF-8)."))])
    else:
        rows = read_csv_rows(content)
    rows = ((number, list(map(blank_if_unseen, cells))) for number, cells in rows)
    header = next((cells for _number, cells in rows if any(cells) and not is_title_of_numbers(cells)), [])
    if not header:
        raise SpreadsheetError([Fault(0, "", _("The file is empty: the first row has to name the columns."))])
    return Table([normalise_header(name) for name in header], rows, notes)


def blank_if_unseen(cell):
    return cell if cell.strip(UNSEEN) or isinstance(cell, SpecialCell) else ""


def is_title_of_numbers(cells):
    """Apple's Numbers writes the name of a table above its header."""
    return bool(TABLE_TITLE.fullmatch(cells[0])) and not any(cells[1:])


def normalise_header(name):
    """“Original title”, “TITLE-FR” and “title (fr)” are columns, too; capitals and what shows nothing do not count."""
    return re.sub(r"[\s()\[\].-]+", "_", fold_text(name)).strip("_")


def read_file_bytes(path):
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise SpreadsheetError([Fault(0, "", _("The file is larger than 64 MB."))])
        return path.read_bytes()
    except OSError as error:
        raise SpreadsheetError([Fault(0, "", f"{path}: {error.strerror}.")]) from error


def read_csv_rows(content):
    words = re.sub("\r\n?", "\n", decode_csv(content))
    first_line = words.lstrip("\n").partition("\n")[0]
    said = SEPARATOR_LINE.fullmatch(first_line)
    # Excel hides the line in which it says what parts the cells, and counts it.
    words = words.replace(first_line, "", 1) if said else words
    bare = re.sub('"[^"]*"', "", first_line)
    mark = said[1] if said else max(",;\t", key=bare.count)
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=mark, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, cells
    except csv.Error as error:
        raise SpreadsheetError([Fault(number + 1, "", _("This row cannot be read: %s.") % error)]) from error


def decode_csv(content):
    """UTF-8, or UTF-16 where the file begins with its mark, as Excel's “Unicode text” does."""
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        sentence = _("This is not UTF-8 from here on. In a spreadsheet choose “CSV UTF-8” when saving.")
        raise SpreadsheetError([Fault(row, "", sentence)]) from error


def read_workbook_rows(content, *, include_hidden):
    """(rows, notes) of the first sheet that is seen, read in the sandbox."""
    try:
        hidden, (packed,) = run_in_sandbox(read_workbook, content, limits=LIMITS, include_hidden=include_hidden)
    except FileRefused as refused:
        raise SpreadsheetError([Fault(0, "", describe_refusal(refused.code))]) from refused
    if columns := hidden.get("columns"):
        sentence = _("This column is hidden, but not empty. Show it or delete it.")
        raise SpreadsheetError([Fault(0, column, sentence) for column in columns])
    rows = ((number, list(map(unpack_cell, cells))) for number, cells in json.loads(packed))
    return rows, list(describe_hidden(hidden))


def describe_refusal(code):
    sentences = {
        "too-large": _("The workbook unpacks to more than 64 MB."),
        "too-slow": _("The workbook takes too long to read. Split it, or save it as CSV (UTF-8)."),
        "too-heavy": _("The workbook takes too long to read. Split it, or save it as CSV (UTF-8)."),
        "no-sheet": _("Every worksheet of this file is hidden."),
    }
    return sentences.get(code) or _("This workbook cannot be read: it is damaged or not an .xlsx file.")


def describe_hidden(hidden):
    """Sentences on what of a workbook is hidden and was not read."""
    joint = pgettext("between names", ", ").join
    if hidden.get("rows"):
        yield _("Hidden rows were not read: %s.") % joint(map(str, hidden["rows"]))
    if hidden.get("sheets"):
        yield _("Hidden worksheets were not read: %s.") % joint(hidden["sheets"])


class SpecialCell(str):
    """A cell that holds no words of its own: what it shows may not be what it says."""

    __slots__ = ()


class FormulaCell(SpecialCell):
    """A cell that computes."""

    __slots__ = ()


class ErrorCell(SpecialCell):
    """A cell in which something went wrong, such as #REF!."""

    __slots__ = ()


def unpack_cell(cell):
    return cell if isinstance(cell, str) else {FORMULA: FormulaCell, ERROR: ErrorCell}[cell[0]](cell[1])
