"""This module knows how rows become an XLSX file while they are read: no file on disk, no sheet in memory.

Of Office Open XML (ECMA-376) only what one sheet of texts and numbers needs. openpyxl, which reads spreadsheets here,
writes one to a temporary file first, and a reader would wait for the last row before the first byte.
"""

import itertools
import re
import zipfile
from dataclasses import dataclass

from django.utils.html import escape

MAX_ROWS = 2**20 - 1  # that a sheet holds below its header
MAX_CELL_CHARACTERS = 32_767  # characters that a cell holds
TRUNCATION_MARK = " […]"
INVALID_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPE_LOOKALIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIP_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MEDIA_TYPE = f"{CONTENT_TYPE}.sheet"

PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{CONTENT_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{CONTENT_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{CONTENT_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{RELATIONSHIPS_NAMESPACE}">'
        f'<Relationship Id="rId1" Type="{RELATIONSHIP_TYPES}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN_NAMESPACE}" xmlns:r="{RELATIONSHIP_TYPES}"><sheets><sheet name="data" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{RELATIONSHIPS_NAMESPACE}">'
        f'<Relationship Id="rId1" Type="{RELATIONSHIP_TYPES}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{RELATIONSHIP_TYPES}/styles" Target="styles.xml"/></Relationships>'
    ),
    # The looks of a cell in the order of PLAIN, BOLD, WRAPPED, WRAPPED_RTL.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{MAIN_NAMESPACE}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
        '<alignment vertical="top" wrapText="1"/></xf>'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
        '<alignment vertical="top" wrapText="1" readingOrder="2"/></xf></cellXfs></styleSheet>'
    ),
}  # fmt: skip
PLAIN, BOLD, WRAPPED, WRAPPED_RTL = range(4)
SHEET_START = (
    '<worksheet xmlns="{main}"><sheetViews><sheetView workbookViewId="0"{direction}>'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    "{layout}<sheetData>"
)


@dataclass(frozen=True)
class ColumnLayout:
    """A column for reading: `width` in characters, its texts broken to it, and on which side they begin."""

    width: int
    right_to_left: bool = False

    @property
    def look(self):
        return WRAPPED_RTL if self.right_to_left else WRAPPED


class StreamBuffer:
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


def generate_xlsx(columns, batches, *, right_to_left, layout=()):
    """The bytes of the file, piece by piece; `batches` are lists of rows, a row is a list of texts and numbers.

    `layout` has a `ColumnLayout` for each column; without it columns are as wide as programs make them.
    """
    outlet = StreamBuffer()
    looks = [column.look for column in layout] or [PLAIN] * len(columns)
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, XML_DECLARATION + content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(render_sheet_start(right_to_left=right_to_left, layout=layout).encode())
            sheet.write(render_row_xml(columns, [BOLD] * len(columns)).encode())
            for batch in limit_rows(batches):
                sheet.write("".join(render_row_xml(row, looks) for row in batch).encode())
                yield outlet.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield outlet.taken()


def render_sheet_start(*, right_to_left, layout):
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{column.width}" customWidth="1"/>'
        for place, column in enumerate(layout, start=1)
    )
    return XML_DECLARATION + SHEET_START.format(
        main=MAIN_NAMESPACE,
        direction=' rightToLeft="1"' if right_to_left else "",
        layout=columns and f"<cols>{columns}</cols>",
    )


def limit_rows(batches):
    """So many rows as a sheet holds."""
    left = MAX_ROWS
    for batch in batches:
        yield list(itertools.islice(batch, left))
        left -= len(batch)
        if left <= 0:
            return


def render_row_xml(cells, looks):
    return f"<row>{''.join(map(render_cell_xml, cells, looks))}</row>"


def render_cell_xml(value, look):
    styled = f' s="{look}"' if look else ""
    if value == "":
        return f"<c{styled}/>"
    if isinstance(value, int):
        return f"<c{styled}><v>{value}</v></c>"
    return f'<c t="inlineStr"{styled}><is><t xml:space="preserve">{escape_cell_text(value)}</t></is></c>'


def escape_cell_text(text):
    """As XML carries it; what programs would read as the code of a character stays as it was written."""
    short = (
        text
        if len(text) <= MAX_CELL_CHARACTERS
        else text[: MAX_CELL_CHARACTERS - len(TRUNCATION_MARK)] + TRUNCATION_MARK
    )
    return escape(ESCAPE_LOOKALIKE.sub("_x005F_", INVALID_IN_XML.sub("", short)))
