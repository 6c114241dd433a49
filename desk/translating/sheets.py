"""Words of items as a spreadsheet, and back: one row for each field, the original beside the translation.

The first four columns say what a row belongs to and are not to be changed. The texts are guarded against running as
formulas on the way out, and read as they were on the way in (`publishing/spreadsheets/csv.py`).
"""

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from publishing.spreadsheets.csv import BYTE_ORDER_MARK, as_written, csv_parts, harmless
from publishing.spreadsheets.reader import Fault, Faulty, Formula, open_table
from publishing.translations import direction

from .exchange import Returned

COLUMNS = ["item", "version", "language", "part", "label", "original", "translation"]
WIDTHS = {"A": 14, "B": 10, "C": 10, "D": 14, "E": 18, "F": 70, "G": 70}
MOST_ROWS = 5000


# --- Out --------------------------------------------------------------------------------------


def rows_of(parcels):
    for parcel in parcels:
        item = f"{parcel.type}/{parcel.uid}"
        for part in parcel.parts:
            yield [item, parcel.digest, parcel.language, part.name, part.label, part.source, part.target]


def write_csv(parcels):
    return "".join(csv_parts(COLUMNS, rows_of(parcels), mark=BYTE_ORDER_MARK)).encode()


def write_xlsx(parcels):
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("translation")
    for column, width in WIDTHS.items():
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    sheet.append([styled(sheet, name, font=Font(bold=True)) for name in COLUMNS])
    for row in rows_of(parcels):
        sheet.append([styled(sheet, value, alignment=turned(place, row)) for place, value in enumerate(row)])
    stored = io.BytesIO()
    workbook.save(stored)
    return stored.getvalue()


def styled(sheet, value, **style):
    cell = WriteOnlyCell(sheet, value=harmless(value))
    for name, said in style.items():
        setattr(cell, name, said)
    return cell


def turned(place, row):
    rtl = COLUMNS[place] == "translation" and direction(row[COLUMNS.index("language")]) == "rtl"
    return Alignment(wrap_text=True, vertical="top", readingOrder=2 if rtl else 0)


# --- Back -------------------------------------------------------------------------------------


def read(content):
    """A `Returned` for each item and language of a CSV or XLSX file. Raises `Faulty`."""
    header, table = open_table(content)
    needed = [name for name in COLUMNS if name not in {"label", "original"}]
    if missing := [name for name in needed if name not in header]:
        raise Faulty([Fault(1, name, _("This column is missing.")) for name in missing])
    faults, found = [], {}
    for number, cells in table:
        if number > MOST_ROWS:
            raise Faulty([Fault(number, "", _("There are more than %d rows.") % MOST_ROWS)])
        if any(cells):
            take(found, dict(zip(header, cells, strict=False)), number=number, faults=faults)
    if faults or not found:
        raise Faulty(faults or [Fault(0, "", _("The file has a header but no rows."))])
    return list(found.values())


def take(found, row, *, number, faults):
    """Adds one row to what is said of its item."""
    kind, slash, uid = row.get("item", "").partition("/")
    language, part, words = row.get("language", ""), row.get("part", ""), row.get("translation", "")
    if isinstance(words, Formula):
        faults.append(Fault(number, "translation", _("A formula. Paste its value instead.")))
    elif not (slash and language and part):
        faults.append(Fault(number, "item", _("It does not say which part of which item this is.")))
    else:
        first = Returned(kind, uid, row.get("version", ""), language, {}, _("row %d") % number)
        said = found.setdefault((kind, uid, language), first).words
        if part in said:
            faults.append(Fault(number, "part", _("This part stands twice.")))
        said[part] = as_written(words)
