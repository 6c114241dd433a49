"""A sheet is read as a person sees it, whatever program wrote it, and what cannot be seen is told."""

import datetime as dt
import io
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.styles.numbers import FORMAT_PERCENTAGE
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from publishing.spreadsheets import workbook
from publishing.spreadsheets.reader import SpreadsheetError, open_table
from publishing.spreadsheets.rows import read_sheet_rows
from publishing.text.characters import INVISIBLE, SPACES
from updates.spreadsheet_columns import COLUMNS

HEADER = ["date", "title", "publisher"]


def make_book(*rows, header=HEADER):
    book = Workbook()
    for cells in [header, *rows]:
        book.active.append(cells)
    return book


def pack_book(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_cells(content, **options):
    """{number of the row: {column: text}}, as the importers see them."""
    rows, faults, notes = read_sheet_rows(content, COLUMNS, **options)
    assert not faults
    return {row.number: row.cells for row in rows}, notes


def get_refusal(content):
    try:
        rows, faults, _notes = read_sheet_rows(content, COLUMNS)
    except SpreadsheetError as refused:
        return str(refused)
    for row in rows:
        row.raw("title")
    return str(SpreadsheetError(faults))


# --- What is merged, hidden, computed ---------------------------------------------------------


def test_merged_cells_give_their_value_to_all_they_cover():
    book = make_book(["2021-03-01", "One", "Reuters"], ["2021-03-02", "Two", None], ["2021-03-03", "Three", None])
    book.active.merge_cells("C2:C4")
    rows, _notes = read_cells(pack_book(book))
    assert [cells["publisher"] for cells in rows.values()] == ["Reuters"] * 3


def test_a_first_sheet_that_is_hidden_is_not_read_and_is_named():
    book = make_book(["2021-03-01", "Of the hidden sheet"])
    book.active.title, book.active.sheet_state = "lists", "hidden"
    for cells in [HEADER, ["2021-03-02", "Of the sheet that is seen"]]:
        (book["seen"] if "seen" in book else book.create_sheet("seen")).append(cells)
    book.active = 1
    rows, notes = read_cells(pack_book(book))
    assert [cells["title"] for cells in rows.values()] == ["Of the sheet that is seen"]
    assert notes == ["Hidden worksheets were not read: lists."]


@pytest.mark.parametrize(("include_hidden", "read"), [(False, [2, 4]), (True, [2, 3, 4])])
def test_a_hidden_row_is_not_read_unless_asked_for_and_is_named(include_hidden, read):
    book = make_book(["2021-03-01", "One"], ["2021-03-02", "Two"], ["2021-03-03", "Three"])
    book.active.row_dimensions[3].hidden = True
    rows, notes = read_cells(pack_book(book), include_hidden=include_hidden)
    assert list(rows) == read
    assert notes == ([] if include_hidden else ["Hidden rows were not read: 3."])


def test_a_hidden_column_with_words_in_it_is_no_ordinary_sheet():
    book = make_book(["2021-03-01", "One", "Reuters"])
    book.active.column_dimensions["C"].hidden = True
    assert get_refusal(pack_book(book)) == "column C: This column is hidden, but not empty. Show it or delete it."
    rows, _notes = read_cells(pack_book(book), include_hidden=True)
    assert rows[2]["publisher"] == "Reuters"


@pytest.mark.parametrize(
    ("cell", "said"), [("=1+1", "A formula. Paste its value instead."), ("#REF!", "The cell shows an error: #REF!.")]
)
def test_a_cell_without_words_of_its_own_is_named(cell, said):
    assert get_refusal(pack_book(make_book(["2021-03-01", cell]))) == f"row 2, column title: {said}"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (2020, "2020"),
        (0.1 + 0.2, "0.3"),
        (True, "TRUE"),
        (12345678901234, "12345678901234"),
        (dt.datetime(2021, 3, 1), "2021-03-01"),
        (dt.datetime(2021, 3, 1, 14, 30), "2021-03-01 14:30"),
        ("Line one_x000D_\nLine two", "Line one\r\nLine two"),
        ("the sign _x005F_x000D_ itself", "the sign _x000D_ itself"),
        ("'quoted", "'quoted"),
    ],
)
def test_a_cell_says_what_it_shows(cell, shown):
    rows, _notes = read_cells(pack_book(make_book(["2021-03-01", cell])))
    assert rows[2]["title"] == shown


def test_a_percentage_is_read_with_its_sign():
    book = make_book(["2021-03-01", 0.5])
    book.active["B2"].number_format = FORMAT_PERCENTAGE
    assert read_cells(pack_book(book))[0][2]["title"] == "50%"


def test_days_counted_from_1904_are_the_days_that_are_shown():
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    for cells in [HEADER, [dt.date(2021, 3, 1), "One"]]:
        book.active.append(cells)
    assert read_cells(pack_book(book))[0][2]["date"] == "2021-03-01"


# --- How much -----------------------------------------------------------------------------------


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    stream = io.BytesIO(pack_book(make_book(["2021-03-01", "One"])))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.bin", b"\0" * (workbook.MAX_UNPACKED_BYTES + 1))
    assert get_refusal(stream.getvalue()) == "The workbook unpacks to more than 64 MB."


def test_a_damaged_workbook_is_refused_in_a_sentence():
    assert "damaged" in get_refusal(b"PK\x03\x04" + b"\0" * 100)


# --- What other programs write ------------------------------------------------------------------

LINES = "date,title\n2021-03-01,One\n2021-03-02,Two\n"


@pytest.mark.parametrize(
    "content",
    [
        LINES.encode(),
        LINES.encode("utf-8-sig"),
        LINES.encode("utf-16"),
        LINES.replace(",", "\t").encode("utf-16"),
        LINES.replace(",", ";").encode(),
        ("sep=;\n" + LINES.replace(",", ";")).encode(),
        LINES.replace("\n", "\r").encode(),
        LINES.replace("\n", "\r\n").encode(),
        LINES.replace("date,title", "Date,TITLE").encode(),
        LINES.replace("date,title", "\u200bdate ,title\u00a0").encode(),
        LINES.replace("date,title", "date,Title (en)").encode(),
        LINES.replace("\n", ",,,\n").encode(),
        ("\n \n" + LINES).encode(),
        LINES.replace("2021-03-02", " ,\u00a0\n\t,\u200b\n2021-03-02").encode(),
        ("Table 1,\n" + LINES).encode(),
    ],
)
def test_a_file_of_commas_is_read_whatever_wrote_it(content):
    rows, _notes = read_cells(content)
    assert [cells.get("title") or cells["title_en"] for cells in rows.values()] == ["One", "Two"]


def test_tags_with_semicolons_do_not_part_the_columns():
    rows, _notes = read_cells(b"date,title,tags\r2021-03-01,One,a;b;c;d\r")
    assert rows[2]["tags"] == "a;b;c;d"


def test_rows_are_numbered_as_a_spreadsheet_shows_them():
    assert list(read_cells(b"sep=;\ndate;title\n\n2021-03-01;One\n")[0]) == [4]


def test_the_page_that_numbers_puts_before_its_tables_is_passed_over():
    book = Workbook()
    book.active.title = "Export Summary"
    book.active.append(["This document was exported from Numbers. Each table was converted to an Excel worksheet."])
    sheet = book.create_sheet("Sheet 1 - Table 1")
    for cells in [["Table 1", None], ["date", "title"], ["2021-03-01", "One"]]:
        sheet.append(cells)
    assert read_cells(pack_book(book))[0][3]["title"] == "One"


def test_an_empty_column_between_others_is_passed_over():
    book = make_book(["2021-03-01", None, "One", None], header=["date", None, "title", None])
    assert read_cells(pack_book(book))[0][2] == {"date": "2021-03-01", "title": "One"}


def test_words_below_no_name_are_named():
    assert "more cells than the header has columns" in get_refusal(b"date,title,\n2021-03-01,One,stray\n")


def test_a_cell_that_shows_nothing_is_empty():
    for one in INVISIBLE + SPACES:
        rows, _notes = read_cells(f'date,title,publisher\n2021-03-01,One,"{one}"\n'.encode())
        assert rows[2]["publisher"] == "", hex(ord(one))


# --- Dates --------------------------------------------------------------------------------------


DAYS = (
    "2021-03-01 00:00:00", "2021-03-01T10:00", "2021-03-01 10:30:15.5+02:00", "2021-03-01 9:05 AM", "2021-03-01T23:59Z",
    "2021‑03‑01", "٢٠٢١-٠٣-٠١", "\u200e2021-03-01",
)  # fmt: skip


@pytest.mark.parametrize("day", DAYS)
def test_a_day_is_read_however_it_is_written(day):
    rows, faults, _notes = read_sheet_rows(f"date,title\n{day},One\n".encode(), COLUMNS)
    assert rows[0].when()[0] == dt.date(2021, 3, 1), faults


@pytest.mark.parametrize("day", ["2021-13-01", "2021-03-01 later", "yesterday", "1.3.2021", "44256"])
def test_what_is_no_day_is_named(day):
    rows, faults, _notes = read_sheet_rows(f"date,title\n{day},One\n".encode(), COLUMNS)
    rows[0].when()
    assert "is not a date" in str(faults[0])


def test_a_choice_is_known_in_capitals():
    rows, faults, _notes = read_sheet_rows(b"date,title,kind\n2021-03-01,One,Media\n", COLUMNS)
    assert (rows[0].choice("kind", ["media"], default=""), faults) == ("media", [])


def test_a_table_can_be_read_without_knowing_its_columns():
    assert open_table(b"Item,Part\nx,y\n").header == ["item", "part"]
