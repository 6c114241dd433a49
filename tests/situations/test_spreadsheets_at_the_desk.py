"""Spreadsheets at the desk: judged first, imported on a press, and the same columns on the way out."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from audit.models import Event
from publishing.models import Entry
from situations.models import Partner
from tests.support.desk_client import FormParser, log_in
from tests.support.factories import make_partner, make_situation, make_story, make_update
from updates.models import Update

pytestmark = pytest.mark.django_db
IMPORT = "/admin/updates/update/import/"
EXPORT = "/admin/updates/update/export.csv"


def make_upload(*lines, name="sheet.csv"):
    return SimpleUploadedFile(name, "\n".join(lines).encode())


def post_sheet(client, *lines, **more):
    return client.post(IMPORT, {"file": make_upload(*lines), **more})


def press_import(client, page, **changes):
    return client.post(IMPORT, FormParser(page.content.decode()).data | changes, follow=True)


def get_html(page):
    return page.content.decode()


LINES = ("situation,date,title,kind", "belarus,2020-08-14,Raids in Minsk,briefing")


def test_a_judged_file_says_what_is_new_and_saves_nothing(client):
    make_situation(slug="belarus")
    log_in(client)
    page = post_sheet(client, *LINES)
    assert "1 new, 0 changed, 0 the same." in get_html(page)
    assert not Update.objects.exists()


def test_a_pressed_import_makes_drafts_that_nobody_else_sees(client):
    make_situation(slug="belarus")
    log_in(client)
    press_import(client, post_sheet(client, *LINES))
    assert Update.objects.get().status == Update.Status.DRAFT
    assert not Entry.objects.filter(type="update").exists()


def test_an_import_is_remembered_with_who_did_it(client):
    make_situation(slug="belarus")
    account = log_in(client)
    press_import(client, post_sheet(client, *LINES))
    assert Update.objects.get().history.get().history_user == account
    assert Event.objects.get(verb="update.imported").detail == {"new": 1, "changed": 0}


def test_the_same_file_again_says_that_all_is_the_same(client):
    make_situation(slug="belarus")
    log_in(client)
    press_import(client, post_sheet(client, *LINES))
    assert "0 new, 0 changed, 1 the same." in get_html(post_sheet(client, *LINES))


def test_a_changed_row_names_its_columns(client):
    make_situation(slug="belarus")
    log_in(client)
    press_import(client, post_sheet(client, *LINES))
    page = post_sheet(client, LINES[0], LINES[1].replace("briefing", "report"))
    assert 'changed</span> <span class="quiet" dir="ltr">kind' in " ".join(get_html(page).split())


def test_every_fault_is_named_by_row_and_column(client):
    make_situation(slug="belarus")
    log_in(client)
    page = get_html(post_sheet(client, LINES[0], "belarus,tomorrow,Raids,briefing", "belarus,2020-08-14,Raids,rumour"))
    assert '<td>2</td><td dir="ltr">date</td>' in page
    assert '<td>3</td><td dir="ltr">kind</td>' in page


def test_a_file_with_a_fault_cannot_be_pressed_in(client):
    log_in(client)
    assert 'name="packed"' not in get_html(post_sheet(client, LINES[0], "belarus,tomorrow,Raids,briefing"))


@pytest.mark.parametrize("packed", ["", "%%%", "AAAA", "eJwDAAAAAAE"])
def test_a_file_damaged_on_its_way_is_refused_with_a_sentence(client, packed):
    log_in(client)
    page = client.post(IMPORT, {"packed": packed})
    assert page.status_code == 200
    assert "errornote" in get_html(page)
    assert not Update.objects.exists()


def test_a_file_without_a_name_of_a_column_is_refused(client):
    log_in(client)
    assert "Unknown column" in get_html(post_sheet(client, "situation,date,title,colour", "belarus,2020-08-14,A,red"))


def test_no_file_is_asked_for_again(client):
    log_in(client)
    assert "This field is required" in get_html(client.post(IMPORT, {}))


def test_a_contributor_cannot_make_a_partner_by_a_sheet(client):
    make_situation(slug="belarus")
    log_in(client, role="contributor")
    page = post_sheet(client, "situation,date,title,publisher", "belarus,2020-08-14,Raids,Viasna")
    assert "your role does not allow you to create it" in get_html(page)
    assert not Partner.objects.exists()


@pytest.mark.parametrize("role", ["translator", "newsletter", "auditor"])
@pytest.mark.parametrize("address", [IMPORT, EXPORT])
def test_who_may_not_write_takes_no_sheet_in_or_out(client, role, address):
    log_in(client, role=role)
    assert client.get(address).status_code == 403


def read_export(client, address=EXPORT):
    page = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(page)))


def test_an_export_brought_in_again_changes_nothing(client):
    update = make_update(title_en="=Raids", title_fr="Descentes", body_en="<p>At dawn.</p>", publisher=make_partner())
    log_in(client)
    file = b"".join(client.get(EXPORT).streaming_content)
    page = client.post(IMPORT, {"file": SimpleUploadedFile("updates.csv", file)})
    assert "0 new, 0 changed, 1 the same." in get_html(page)
    update.refresh_from_db()
    assert update.title_en == "=Raids"


def test_a_workbook_brought_in_again_changes_nothing(client):
    make_update(title_en="-Raids", body_en="<p>At dawn.</p>")
    log_in(client)
    file = b"".join(client.get("/admin/updates/update/export.xlsx").streaming_content)
    page = client.post(IMPORT, {"file": SimpleUploadedFile("updates.xlsx", file)})
    assert "0 new, 0 changed, 1 the same." in get_html(page)


def test_an_exported_testimony_brought_in_again_changes_nothing(client):
    make_story()
    log_in(client)
    file = b"".join(client.get("/admin/stories/survivorstory/export.csv").streaming_content)
    page = client.post("/admin/stories/survivorstory/import/", {"file": SimpleUploadedFile("stories.csv", file)})
    assert "0 new, 0 changed, 1 the same." in get_html(page)


def test_no_cell_of_an_export_is_a_formula(client):
    make_update(title_en="=HYPERLINK(1)")
    log_in(client)
    assert read_export(client)[0]["title_en"] == "'=HYPERLINK(1)"


def test_an_export_holds_what_the_filtered_list_shows(client):
    make_update(title_en="One", kind="briefing")
    make_update(title_en="Two", kind="report")
    log_in(client)
    assert [row["title_en"] for row in read_export(client, f"{EXPORT}?kind__exact=report")] == ["Two"]


def test_an_export_leaves_a_line_in_the_audit_log(client):
    make_update()
    log_in(client)
    client.get(EXPORT)
    assert Event.objects.get(verb="update.exported").detail == {"count": 1}


@pytest.mark.parametrize("kind", ["updates/update", "stories/survivorstory"])
def test_a_sample_workbook_is_offered_and_can_be_imported_as_it_is(client, kind):
    log_in(client, role="administrator")
    page = client.get(f"/admin/{kind}/import/").content.decode()
    assert f"/admin/{kind}/sample.xlsx" in page
    sample = client.get(f"/admin/{kind}/sample.xlsx").content
    judged = client.post(f"/admin/{kind}/import/", {"file": SimpleUploadedFile("sample.xlsx", sample)})
    assert "1 new, 0 changed, 0 the same." in judged.content.decode()


def test_what_of_a_workbook_is_hidden_is_told_before_anything_is_imported(client):
    log_in(client, role="administrator")
    book = Workbook()
    for cells in [["situation", "date", "title"], ["belarus", "2021-03-01", "Seen"], ["belarus", "2021-03-02", "Not"]]:
        book.active.append(cells)
    book.active.row_dimensions[3].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    judged = client.post(IMPORT, {"file": SimpleUploadedFile("a.xlsx", stream.getvalue())}).content.decode()
    assert "Hidden rows were not read: 3." in judged
    assert "1 new" in judged
