"""Words of items as a spreadsheet, and back: one row for each field, the original beside the translation.

The first four columns say what a row belongs to and are not to be changed. The texts are guarded against running as
formulas on the way out, and read as they were on the way in (`publishing/spreadsheets/csv.py`).
"""

from django.utils.translation import gettext as _

from publishing.batches import in_batches
from publishing.spreadsheets.csv import BYTE_ORDER_MARK, escape_formula, generate_csv, unescape_formula
from publishing.spreadsheets.reader import Fault, SpecialCell, SpreadsheetError, open_table
from publishing.spreadsheets.xlsx import ColumnLayout, generate_xlsx
from publishing.translations import get_site_language_direction

from .exchange import ImportedItem, find_site_language

COLUMNS = ["item", "version", "language", "part", "label", "original", "translation"]
COLUMN_WIDTHS = [14, 10, 10, 14, 18, 70, 70]
MAX_ROWS = 5000


# --- Out --------------------------------------------------------------------------------------


def build_translation_rows(parcels):
    for parcel in parcels:
        item = f"{parcel.type}/{parcel.uid}"
        for part in parcel.parts:
            yield [item, parcel.digest, parcel.language, part.name, part.label, part.source, part.target]


def write_translation_csv(parcels):
    return "".join(generate_csv(COLUMNS, build_translation_rows(parcels), mark=BYTE_ORDER_MARK)).encode()


def write_translation_xlsx(parcels):
    parcels = list(parcels)
    rows = ([escape_formula(cell) for cell in row] for row in build_translation_rows(parcels))
    is_rtl = any(get_site_language_direction(parcel.language) == "rtl" for parcel in parcels)
    layout = [
        ColumnLayout(width, right_to_left=is_rtl and name == "translation")
        for name, width in zip(COLUMNS, COLUMN_WIDTHS, strict=True)
    ]
    return b"".join(generate_xlsx(COLUMNS, in_batches(rows), right_to_left=False, layout=layout))


# --- Back -------------------------------------------------------------------------------------


def read_translation_sheet(content):
    """An `ImportedItem` for each item and language of a CSV or XLSX file. Raises `SpreadsheetError`."""
    table = open_table(content)
    needed = [name for name in COLUMNS if name not in {"label", "original"}]
    if missing := [name for name in needed if name not in table.header]:
        raise SpreadsheetError([Fault(1, name, _("This column is missing.")) for name in missing])
    faults, found = [], {}
    for number, cells in table.rows:
        if number > MAX_ROWS:
            raise SpreadsheetError([Fault(number, "", _("There are more than %d rows.") % MAX_ROWS)])
        if any(cells):
            collect_translation_row(found, dict(zip(table.header, cells, strict=False)), number=number, faults=faults)
    if faults or not found:
        raise SpreadsheetError(faults or [Fault(0, "", _("The file has a header but no rows."))])
    return list(found.values())


def collect_translation_row(found, row, *, number, faults):
    """Adds one row to what is said of its item."""
    kind, slash, uid = row.get("item", "").partition("/")
    language, part = find_site_language(row.get("language", "")), row.get("part", "")
    words = row.get("translation", "")
    if isinstance(words, SpecialCell):
        faults.append(Fault(number, "translation", _("A formula. Paste its value instead.")))
    elif not (slash and language and part):
        faults.append(Fault(number, "item", _("It does not say which part of which item this is.")))
    else:
        first = ImportedItem(kind, uid, row.get("version", ""), language, {}, _("row %d") % number)
        said = found.setdefault((kind, uid, language), first).words
        if part in said:
            faults.append(Fault(number, "part", _("This part is in the file twice.")))
        said[part] = unescape_formula(words)
