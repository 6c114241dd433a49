"""A row of an export says which version of which item it is: nobody overwrites what they never saw."""

import csv
import io

import pytest

from publishing.spreadsheets.reader import SpreadsheetError
from publishing.workflow import transitions
from tests.support.desk_client import FormParser, log_in
from tests.support.factories import make_situation, make_staff, make_story, make_tag, make_update, save_item
from updates.models import Update
from updates.spreadsheet_columns import import_updates

pytestmark = pytest.mark.django_db
ADMIN = "/admin/updates/update/"


def read_export(client, address=f"{ADMIN}export.csv"):
    page = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(page)))


def write_csv(*rows):
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def import_rows(*rows):
    return import_updates(write_csv(*rows), quiet=True)


def rewrite(update, **fields):
    """A colleague saves it at the desk."""
    fresh = Update.objects.get(pk=update.pk)
    for name, value in {**fields, "version": fresh.version + 1, "edited_by": make_staff("carla")}.items():
        setattr(fresh, name, value)
    return save_item(fresh, by=make_staff("carla"))


@pytest.fixture
def update(client):
    make_situation()
    log_in(client)
    return make_update("Raids", body_en="<p>At dawn.</p>")


# --- Exports ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["update", "story"])
def test_an_export_says_which_version_of_which_item_each_row_is(client, kind):
    log_in(client)
    item = make_update() if kind == "update" else make_story()
    address = f"/admin/{item._meta.app_label}/{item._meta.model_name}/export.csv"
    (row,) = read_export(client, address)
    assert (row["uid"], row["version"]) == (str(item.uid), str(item.version))


def test_a_row_whose_item_was_changed_since_is_a_fault_that_names_who_and_when(client, update):
    (row,) = read_export(client)
    rewrite(update, body_en="<p>At noon.</p>")
    with pytest.raises(SpreadsheetError, match=r"row 2, column version: carla changed it on .*version 0, now 1"):
        import_rows(row | {"tags": "detention"})
    assert Update.objects.get().body_en == "<p>At noon.</p>"


def test_tags_that_were_changed_since_are_not_overwritten_either(client, update):
    (row,) = read_export(client)
    import_rows({"situation": "belarus", "date": "2020-08-14", "title": "Raids", "tags": "detention"})
    with pytest.raises(SpreadsheetError, match="column version"):
        import_rows(row | {"tags": "migration"})


def test_the_same_edited_export_twice_changes_nothing_the_second_time(client, update):
    (row,) = read_export(client)
    import_rows(row | {"summary_en": "More."})
    summary = import_rows(row | {"summary_en": "More."})
    assert (summary.changed, summary.same) == (0, 1)


def test_a_title_is_corrected_by_its_number(client, update):
    (row,) = read_export(client)
    import_rows(row | {"title_en": "Without the name"})
    assert Update.objects.get().title_en == "Without the name"


def test_a_number_that_nobody_has_is_a_fault(client, update):
    (row,) = read_export(client)
    with pytest.raises(SpreadsheetError, match="row 2, column uid: There is no such item"):
        import_rows(row | {"uid": "2b0cbd2e-4a0b-4b7c-9f0e-111111111111"})


@pytest.mark.parametrize(("column", "value"), [("uid", "seven"), ("version", "seven"), ("version", "٣")])
def test_a_number_that_is_none_is_a_fault(client, update, column, value):
    (row,) = read_export(client)
    with pytest.raises(SpreadsheetError, match=f"row 2, column {column}: “{value}” is not"):
        import_rows(row | {column: value})


def test_the_number_of_something_purged_is_left_and_named(client, update):
    (row,) = read_export(client)
    transitions.purge(update, by=make_staff("chief", role="administrator"))
    assert "It was deleted permanently" in import_rows(row).left[0]
    assert not Update.objects.exists()


def test_the_same_number_twice_in_a_file_is_a_fault(client, update):
    (row,) = read_export(client)
    with pytest.raises(SpreadsheetError, match="This is the same item as row 2"):
        import_rows(row, row | {"title_en": "Other"})


def test_one_item_by_its_number_and_by_its_title_is_a_fault(client, update):
    (row,) = read_export(client)
    with pytest.raises(SpreadsheetError, match="This is the same item as row 2"):
        import_rows(row, row | {"uid": "", "version": "", "summary_en": "More."})


# --- What was seen ----------------------------------------------------------------------------


def open_page(client, *rows):
    file = io.BytesIO(write_csv(*rows))
    file.name = "sheet.csv"
    return client.post(f"{ADMIN}import/", {"file": file})


def press(client, page):
    return client.post(f"{ADMIN}import/", FormParser(page.content.decode()).data, follow=True)


ROW = {"situation": "belarus", "date": "2020-08-14", "title": "Raids", "summary": "More."}


def test_an_item_that_was_changed_while_somebody_looked_is_not_imported_unseen(client, update):
    page = open_page(client, ROW)
    rewrite(update, summary_en="Written by Carla.")
    answer = press(client, page)
    assert "carla changed it after you opened this page" in answer.content.decode()
    assert Update.objects.get().summary_en == "Written by Carla."


def test_after_a_second_look_it_is_imported(client, update):
    page = open_page(client, ROW)
    rewrite(update, summary_en="Written by Carla.")
    press(client, press(client, page))
    assert Update.objects.get().summary_en == "More."


def test_what_was_made_meanwhile_is_not_written_over_as_if_it_were_new(client):
    make_situation()
    log_in(client)
    page = open_page(client, ROW)
    make_update("Raids", summary_en="Written by hand.")
    press(client, page)
    assert Update.objects.get().summary_en == "Written by hand."


@pytest.mark.parametrize("change", [transitions.submit, lambda item: item.tags.add(make_tag("Detention"))])
def test_what_was_handed_in_or_tagged_meanwhile_is_looked_at_again(client, update, change):
    page = open_page(client, ROW | {"tags": "migration"})
    change(update)
    press(client, page)
    assert Update.objects.get().summary_en in {"", None}


def test_a_page_that_does_not_say_what_was_seen_imports_nothing(client, update):
    data = FormParser(open_page(client, ROW).content.decode()).data | {"seen": "[]"}
    client.post(f"{ADMIN}import/", data)
    assert not Update.objects.get().summary_en
