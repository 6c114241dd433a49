"""Reads the sheet of a workbook (Office Open XML, ECMA-376) as a person sees it.

Runs in the sandbox alone and knows no Django. Merged cells give their value to all they cover; what is hidden is told
and left out unless asked for; a cell that computes, or holds an error, says so. Not here: what the cells mean
(`rows.py`), files of commas (`reader.py`).
"""

import datetime as dt
import io
import json
import zipfile

from defusedxml.ElementTree import iterparse
from openpyxl import load_workbook
from openpyxl.utils.cell import get_column_letter, range_boundaries
from openpyxl.utils.escape import unescape

from publishing.media.sandbox import FileRefused

MAX_UNPACKED_BYTES = 64 * 1024 * 1024
MAX_COLUMNS, MAX_ROWS = 200, 200_001
MAX_HIDDEN_NAMED = 50
FORMULA, ERROR = "formula", "error"
# The page that Apple's Numbers puts before the tables that it exports.
NUMBERS_SUMMARY = "This document was exported from Numbers"


def read_workbook(data, *, include_hidden):
    """({what is hidden and left out}, [JSON of the rows]); a row is [number, cells], a cell a text or [kind, text].

    Refuses with "too-large", or with "no-sheet" where nothing is to be seen.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise FileRefused("too-large")
        # Data only in a second reading: here a formula is told from a value.
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet, passed_over = choose_sheet(book, include_hidden=include_hidden)
        layout = SheetLayout(archive, sheet._worksheet_path)
        rows = list(generate_rows(sheet, layout, include_hidden=include_hidden))
    notes = {"sheets": passed_over} | ({} if include_hidden else layout.describe_hidden(rows))
    shown = [row for row in rows if include_hidden or row[0] not in layout.hidden_rows]
    return notes, [json.dumps(shown, ensure_ascii=False).encode()]


def choose_sheet(book, *, include_hidden):
    """(the first sheet that is seen, the names of those that are hidden)."""
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    seen = [sheet for sheet in book.worksheets if include_hidden or sheet.title not in hidden]
    if len(seen) > 1 and any(
        NUMBERS_SUMMARY in str(cell.value) for row in seen[0].iter_rows(max_row=3) for cell in row
    ):
        seen = seen[1:]
    if not seen:
        raise FileRefused("no-sheet")
    return seen[0], [] if include_hidden else hidden


class SheetLayout:
    """What of a sheet is merged and what is hidden, read from its XML before the cells."""

    def __init__(self, archive, path):
        self.merged, self.hidden_rows, self.hidden_columns = [], set(), set()
        number = 0
        with archive.open(path.lstrip("/")) as part:
            for event, element in iterparse(part, events=("start", "end")):
                name = element.tag.rpartition("}")[2]
                if event == "start" and name == "row":
                    number = int(element.get("r") or number + 1)
                    self.note_row(element, number)
                elif event == "end" and name == "col" and is_hidden(element):
                    first, last = int(element.get("min")), min(int(element.get("max")), MAX_COLUMNS)
                    self.hidden_columns.update(range(first, last + 1))
                elif event == "end" and name == "mergeCell":
                    self.merged.append(range_boundaries(element.get("ref")))
                if event == "end" and name in {"row", "c"}:
                    element.clear()

    def note_row(self, element, number):
        if is_hidden(element):
            self.hidden_rows.add(number)

    def describe_hidden(self, rows):
        """Numbers of hidden rows with words in them, and letters of hidden columns with words in them."""
        filled = {number for number, cells in rows if any(cells)}
        columns = [
            get_column_letter(place)
            for place in sorted(self.hidden_columns)
            if any(place <= len(cells) and cells[place - 1] for _number, cells in rows)
        ]
        return {"rows": sorted(self.hidden_rows & filled)[:MAX_HIDDEN_NAMED], "columns": columns[:MAX_HIDDEN_NAMED]}


def is_hidden(element):
    """Also what is made so narrow or low that nothing of it is seen."""
    size = element.get("width") or element.get("ht")
    return element.get("hidden") in {"1", "true"} or (size is not None and float(size) == 0)


def generate_rows(sheet, layout, *, include_hidden):
    """[number, cells] of each row that is not empty, merged cells filled."""
    sheet.reset_dimensions()  # what a sheet claims about its size is not to be trusted
    covering = {}
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        if number > MAX_ROWS:
            return
        texts = [format_cell(cell) for cell in cells]
        spread_merged(texts, layout.merged, covering, number=number)
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield [number, texts]


def spread_merged(texts, merged, covering, *, number):
    """Puts the value of the first cell of each merged range into all its cells of this row."""
    for place, (left, top, right, bottom) in enumerate(merged):
        if number == top:
            covering[place] = texts[left - 1] if left <= len(texts) else ""
        if top <= number <= bottom and covering.get(place):
            texts.extend([""] * (min(right, MAX_COLUMNS) - len(texts)))
            texts[left - 1 : min(right, MAX_COLUMNS)] = [covering[place]] * (min(right, MAX_COLUMNS) - left + 1)


# --- Cells ------------------------------------------------------------------------------------


def format_cell(cell):
    """The text that a cell shows, or [kind, text] of one that holds no text of its own."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return [FORMULA, str(getattr(value, "text", value) or "=")]
    if cell.data_type == "e":
        return [ERROR, str(value)]
    if isinstance(value, str):
        return unescape(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return format_number(value, cell.number_format)
    return format_moment(value)


def format_number(value, form):
    percent = "%" in (form or "")
    shown = value * 100 if percent else value
    text = str(int(shown)) if float(shown).is_integer() else f"{shown:.15g}"
    return f"{text}%" if percent else text


def format_moment(value):
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", timespec="minutes")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
