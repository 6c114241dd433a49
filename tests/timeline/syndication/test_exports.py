"""Files hold every item of their filter, stream without filling the memory, and run in no workbook."""

import csv
import datetime as dt
import io
import json
import tracemalloc
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest

from publishing.models import Entry, Release
from publishing.spreadsheets import csv as csv_writer
from publishing.spreadsheets import xlsx
from publishing.workflow import transitions
from tests.support.factories import make_partner, make_situation, make_story, make_tag, make_update
from timeline.search.filters import Filter
from timeline.syndication import exports, records

pytestmark = pytest.mark.django_db


def content(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()


def rows(client, query="", *, base="/en/belarus/"):
    return list(csv.DictReader(io.StringIO(content(client, f"{base}export.csv{query}"), newline="")))


def listed(client, query="", *, base="/en/belarus/"):
    return json.loads(content(client, f"{base}export.json{query}"))


def sheet(client, query="", *, base="/en/belarus/"):
    """The sheet of an XLSX as openpyxl reads it."""
    data = b"".join(client.get(f"{base}export.xlsx{query}").streaming_content)
    return openpyxl.load_workbook(io.BytesIO(data)).active


def cells(client, query="", *, base="/en/belarus/"):
    """The lines of an XLSX as dicts, an empty cell as ""."""
    names, *lines = sheet(client, query, base=base).iter_rows(values_only=True)
    return [{name: "" if cell is None else cell for name, cell in zip(names, line, strict=True)} for line in lines]


def test_a_file_holds_all_items_of_its_filter_newest_first(client, monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 2)
    monkeypatch.setattr(csv_writer, "BATCH", 2)
    for day in range(1, 6):
        make_update(f"{day}", date=dt.date(2020, 8, day), public=True)
    make_update("Report", kind="report", public=True)
    assert [row["title"] for row in rows(client, "?kind=statement")] == ["5", "4", "3", "2", "1"]
    assert [row["title"] for row in listed(client, "?kind=statement")] == ["5", "4", "3", "2", "1"]


def test_a_file_over_all_situations(client):
    make_update("Here", situation=make_situation("belarus"), public=True)
    make_update("There", situation=make_situation("routes"), public=True)
    assert {row["situation"] for row in rows(client, base="/en/search/")} == {"belarus", "routes"}


def test_a_file_without_items_is_a_valid_one(client):
    make_situation()
    assert rows(client) == []
    assert listed(client) == []


def test_the_columns_are_the_documented_ones(client):
    make_update(public=True)
    assert tuple(rows(client)[0]) == records.EXPORT_COLUMNS


def test_the_columns_are_written_down():
    text = Path("docs/data.md").read_text(encoding="utf-8")
    assert [name for name in records.EXPORT_COLUMNS if f"`{name}`" not in text] == []


def test_the_table_of_columns_in_the_documentation_is_made_of_their_declaration():
    assert f"\n\n{records.format_columns_table()}\n\n" in Path("docs/data.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d"])
def test_no_cell_is_a_formula(client, start):
    make_update(f"{start}HYPERLINK(1)", public=True)
    assert rows(client)[0]["title"] == f"'{start}HYPERLINK(1)"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d"])
def test_no_cell_of_a_sheet_is_a_formula(client, start):
    make_update(f"{start}HYPERLINK(1)", public=True)
    shown = next(cell for cell in sheet(client)[2] if "HYPERLINK" in str(cell.value))
    assert (shown.value, shown.data_type) == (f"'{start}HYPERLINK(1)", "s")


def test_a_sheet_holds_the_cells_of_the_csv(client):
    make_update('A "quoted" & <long> title', summary_en="One line,\nand another.", tags=[make_tag()], public=True)
    make_story("Ты за Ціханоўскую?", original_body="<p>Словы.</p>", public=True)
    assert [{name: str(cell) for name, cell in line.items()} for line in cells(client)] == rows(client)


def test_a_number_in_a_sheet_is_one(client):
    make_update(public=True)
    assert isinstance(cells(client)[0]["id"], int)


def test_a_sheet_for_arabic_begins_on_the_right_and_keeps_its_header_in_sight(client):
    make_update(public=True)
    assert sheet(client, base="/ar/belarus/").sheet_view.rightToLeft
    assert not sheet(client).sheet_view.rightToLeft
    assert sheet(client).freeze_panes == "A2"


def test_a_sheet_without_items_is_a_valid_one(client):
    make_situation()
    assert cells(client) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x0bc\ud800d\uffffe", "abcde"),
        ("_x0041_", "_x005F_x0041_"),
        ("snake_case_x1", "snake_case_x1"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("a" * 40_000, "a" * 32_763 + " […]"),
    ],
)
def test_a_cell_carries_any_text_that_a_sheet_can_hold(text, kept):
    assert xlsx.escape_cell_text(text) == kept


def test_a_sheet_ends_where_programs_end(monkeypatch):
    monkeypatch.setattr(xlsx, "MAX_ROWS", 3)
    data = b"".join(xlsx.generate_xlsx(["n"], [[[1], [2]], [[3], [4]], [[5]]], right_to_left=False))
    read = openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)
    assert list(read) == [("n",), (1,), (2,), (3,)]


@pytest.mark.parametrize("start", ["\t=1", "\r=1", "\n=1"])
def test_no_cell_begins_with_what_a_program_skips(start):
    assert csv_writer.escape_formula(start).startswith("'")


def test_numbers_and_ordinary_words_stay_as_they_are(client):
    update = make_update("Stop reprisals - now", public=True)
    row = rows(client)[0]
    assert row["title"] == "Stop reprisals - now"
    assert row["id"] == str(Entry.objects.filter(uid=update.uid).first().number)


def test_json_keeps_a_title_as_it_is(client):
    make_update("=1+1", public=True)
    assert listed(client)[0]["title"] == "=1+1"


def test_quotes_commas_and_lines_survive(client):
    make_update('A "quoted", long title', summary_en="One line,\nand another.", public=True)
    row = rows(client)[0]
    assert row["title"] == 'A "quoted", long title'
    assert row["summary"] == "One line,\nand another."


def test_a_date_is_no_more_exact_than_it_is_known(client):
    for precision in ("day", "month", "year", "undated"):
        make_update(precision, date_precision=precision, public=True)
    assert {row["title"]: row["date"] for row in rows(client)} == {
        "day": "2020-08-14",
        "month": "2020-08",
        "year": "2020",
        "undated": "",
    }


def test_a_record_tells_a_testimony_in_both_languages(client):
    make_story("Ты за Ціханоўскую?", original_body="<p>Словы.</p>", body_en="<p>Words.</p>", public=True)
    record, row = listed(client)[0], rows(client)[0]
    assert record["original"]["title"] == row["original_title"] == "Ты за Ціханоўскую?"
    assert record["original"]["language"] == row["original_language"] == "be"
    assert (row["text"], row["original_text"]) == ("Words.", "Словы.")
    assert record["content_note"] == row["content_note"] == "beatings"


def test_partners_and_tags_share_a_cell(client):
    update = make_update(tags=[make_tag("Torture"), make_tag("Women")])
    update.co_publishers.set([make_partner("Viasna"), make_partner("Legal Line")])
    transitions.publish(update)
    row = rows(client)[0]
    assert (row["partners"], row["tags"]) == ("Legal Line; Viasna", "Torture; Women")


@pytest.mark.parametrize("name", ["export.csv", "export.json"])
def test_what_consent_keeps_from_data_is_in_no_file(client, name):
    make_story("Ты за Ціханоўскую?", consent={"feed": False}, public=True)
    assert "Ціханоўскую" not in content(client, f"/en/belarus/{name}")


def test_what_consent_keeps_from_data_is_in_no_sheet(client):
    make_story("Ты за Ціханоўскую?", consent={"feed": False}, public=True)
    assert cells(client) == []


def test_drafts_and_withdrawn_items_are_in_no_sheet(client):
    make_update("Draft words")
    transitions.withdraw(make_update("Withdrawn words", public=True), reason="wrong")
    assert cells(client) == []


@pytest.mark.parametrize("name", ["export.csv", "export.json"])
def test_drafts_and_withdrawn_items_are_in_no_file(client, name):
    make_update("Draft words")
    transitions.withdraw(make_update("Withdrawn words", public=True), reason="wrong")
    assert "words" not in content(client, f"/en/belarus/{name}")


@pytest.mark.parametrize(("name", "kind"), [("export.csv", "text/csv"), ("export.json", "application/json")])
def test_a_file_is_saved_under_a_plain_name(client, name, kind):
    make_situation()
    answer = client.get(f"/fr/belarus/{name}")
    assert answer["Content-Type"] == f"{kind}; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="belarus-fr.{name[7:]}"'


def test_a_sheet_is_saved_under_a_plain_name_too(client):
    make_situation()
    answer = client.get("/fr/belarus/export.xlsx")
    assert answer["Content-Type"] == xlsx.MEDIA_TYPE
    assert answer["Content-Disposition"] == 'attachment; filename="belarus-fr.xlsx"'


def test_a_file_of_a_situation_that_never_was_is_not_found(client):
    assert client.get("/en/nowhere/export.csv").status_code == 404


def test_a_file_of_a_withdrawn_situation_is_gone(client):
    transitions.withdraw(make_situation(), reason="the page is in danger")
    assert client.get("/en/belarus/export.json").status_code == 410


def test_asking_for_the_head_writes_no_rows(client, django_assert_max_num_queries):
    make_update(public=True)
    with django_assert_max_num_queries(2):
        assert client.head("/en/belarus/export.csv")["Content-Type"].startswith("text/csv")


@pytest.mark.slow
@pytest.mark.parametrize(
    "write", [exports.stream_records_csv, exports.stream_records_json, exports.build_xlsx_streamer("en")]
)
def test_length_costs_no_memory(write):
    update = make_update(body_en=f"<p>{'word ' * 200}</p>", public=True)
    model = Entry.objects.get(uid=update.uid, language="en")
    Entry.objects.bulk_create(copies(model, 1500), batch_size=100)
    few, many = peak(write, 300), peak(write, 1500)
    assert many < 1.5 * few


def copies(entry, count):
    release = entry.release
    releases = Release.objects.bulk_create(
        Release(type=release.type, uid=uuid4(), situation=release.situation, slug=release.slug, document={})
        for _number in range(count)
    )
    for one in releases:
        fields = {field.attname: getattr(entry, field.attname) for field in Entry._meta.concrete_fields}
        yield Entry(**fields | {"id": None, "uid": one.uid, "release_id": one.pk, "number": one.pk})


def peak(write, count):
    """Bytes at most in use while `count` rows are written."""
    parts = write(records_of(count))
    tracemalloc.start()
    for _part in parts:
        pass
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return used


def records_of(count):
    found = exports.iterate_records(Filter(language="en", situation="belarus"), origin="http://testserver")
    return (record for _number, record in zip(range(count), found, strict=False))


@pytest.mark.parametrize("name", ["export.csv", "export.json", "export.xlsx", "feed.atom", "feed.json"])
def test_a_page_of_any_origin_may_read_feeds_and_files(client, name):
    make_update(public=True)
    answer = client.get(f"/en/search/{name}", headers={"origin": "https://example.net"})
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies
