"""This module knows how rows become an XLSX file while they are read: no file on disk, no sheet in memory.

Of Office Open XML (ECMA-376) only what one sheet of plain cells needs. openpyxl, which reads spreadsheets here,
writes one to a temporary file first, and a reader would wait for the last row before the first byte.
"""

import itertools
import re
import zipfile

from django.utils.html import escape

MOST_ROWS = 2**20 - 1  # that a sheet holds below its header
LONGEST = 32_767  # characters that a cell holds
CUT = " […]"
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
READ_AS_A_CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PLACES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MEDIA_TYPE = f"{TYPE}.sheet"

PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{RELATIONS}">'
        f'<Relationship Id="rId1" Type="{PLACES}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN}" xmlns:r="{PLACES}"><sheets><sheet name="data" sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{RELATIONS}">'
        f'<Relationship Id="rId1" Type="{PLACES}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{PLACES}/styles" Target="styles.xml"/></Relationships>'
    ),
    # The second look of a cell is that of the header: bold.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>'
    ),
}  # fmt: skip
SHEET = (
    '<worksheet xmlns="{main}"><sheetViews><sheetView workbookViewId="0"{direction}>'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)


class Outlet:
    """What a zip file is written to that has left before it is complete: `taken` hands over and forgets."""

    def __init__(self):
        self.chunks = []

    def write(self, data):
        self.chunks.append(bytes(data))
        return len(data)

    def flush(self):
        pass

    def taken(self):
        data, self.chunks = b"".join(self.chunks), []
        return data


def xlsx_parts(columns, batches, *, right_to_left):
    """The bytes of the file, piece by piece; `batches` are lists of rows, a row is a list of texts and numbers."""
    outlet = Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, DECLARED + content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            direction = ' rightToLeft="1"' if right_to_left else ""
            sheet.write((DECLARED + SHEET.format(main=MAIN, direction=direction) + row_of(columns, look=1)).encode())
            for batch in fitting(batches):
                sheet.write("".join(map(row_of, batch)).encode())
                yield outlet.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield outlet.taken()


def fitting(batches):
    """So many rows as a sheet holds."""
    left = MOST_ROWS
    for batch in batches:
        yield list(itertools.islice(batch, left))
        left -= len(batch)
        if left <= 0:
            return


def row_of(cells, *, look=0):
    return f"<row>{''.join(cell_of(cell, look=look) for cell in cells)}</row>"


def cell_of(value, *, look):
    if value == "":
        return "<c/>"
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    styled = f' s="{look}"' if look else ""
    return f'<c t="inlineStr"{styled}><is><t xml:space="preserve">{text_of(value)}</t></is></c>'


def text_of(text):
    """As XML carries it; what programs would read as the code of a character stays as it was written."""
    short = text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT
    return escape(READ_AS_A_CODE.sub("_x005F_", NOT_IN_XML.sub("", short)))
