"""What was taken back stays back, and what was corrected stays corrected, whatever file is imported again."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from publishing.models import Entry
from publishing.spreadsheets.reader import SpreadsheetError
from publishing.workflow import transitions
from situations.models import Situation
from situations.spreadsheets.former_keys import ErasedKey
from stories.models import SurvivorStory
from stories.spreadsheet_columns import import_stories
from tests.support.desk_client import log_in, submit_form
from tests.support.factories import approve_item, make_situation, make_staff, save_item
from updates.models import Update
from updates.spreadsheet_columns import import_updates

pytestmark = pytest.mark.django_db
ROW = {"situation": "belarus", "date": "2020-08-14", "title": "Stop reprisals", "title_fr": "Halte"}
STORY = {
    "situation": "belarus", "partner": "Viasna", "language": "be", "original_title": "Сведчаць",
    "date": "2020-08-31", "content_note": "beatings", "consent_reference": "V-1", "consent_date": "2020-09-01",
    "consent_by": "Officer", "consent_language": "be", "consent_channels": "site",
}  # fmt: skip


def write_csv(*rows):
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def import_rows(*rows, publish=True, **options):
    return import_updates(write_csv(*rows), publish=publish, quiet=True, **options)


def import_told(tmp_path, *rows, **options):
    path, out = tmp_path / "sheet.csv", io.StringIO()
    path.write_bytes(write_csv(*rows))
    call_command("import_updates", str(path), stdout=out, **options)
    return out.getvalue()


def withdraw():
    transitions.withdraw(Update.objects.get(), reason="the teller asked for it")


def purge():
    withdraw()
    transitions.purge(Update.objects.get(), by=make_staff("chief", role="administrator"))


def public_titles():
    return set(Entry.objects.filter(type="update", language="en").values_list("title", flat=True))


# --- Withdrawn --------------------------------------------------------------------------------


def test_a_withdrawn_update_stays_so_when_its_file_is_imported_again():
    import_rows(ROW)
    withdraw()
    summary = import_rows(ROW)
    assert not public_titles()
    assert "Stop reprisals: It was withdrawn and stays so" in summary.left[0]


def test_new_words_for_a_withdrawn_update_stay_inside(tmp_path):
    import_rows(ROW)
    withdraw()
    assert "Left as it is: Stop reprisals" in import_told(tmp_path, ROW | {"summary": "More."}, publish=True)
    assert Update.objects.get().summary_en == "More."
    assert not public_titles()


def test_a_withdrawn_update_that_was_handed_in_again_is_not_published_by_an_import():
    import_rows(ROW)
    withdraw()
    transitions.submit(Update.objects.get())
    import_rows(ROW)
    assert not public_titles()


def test_a_withdrawn_update_is_not_made_anew_under_its_title_in_another_language():
    import_rows(ROW)
    withdraw()
    summary = import_rows({"situation": "belarus", "date": "2020-08-14", "title": "Halte", "language": "fr"})
    assert Update.objects.count() == 1
    assert len(summary.left) == 1


def test_a_withdrawn_testimony_stays_so_when_its_file_is_imported_again():
    import_stories(write_csv(STORY), publish=True, quiet=True)
    transitions.publish(approve_item(SurvivorStory.objects.get()))
    transitions.withdraw(SurvivorStory.objects.get(), reason="the teller asked for it")
    summary = import_stories(write_csv(STORY), publish=True, quiet=True)
    assert not Entry.objects.filter(type="story").exists()
    assert "Сведчаць" in summary.left[0]


def test_a_withdrawn_situation_is_not_published_by_an_import(tmp_path):
    import_rows(ROW)
    transitions.withdraw(Situation.objects.get(), reason="")
    told = import_told(tmp_path, ROW | {"title": "New"}, publish=True)
    assert not Entry.objects.exists()
    assert "It was withdrawn and stays so" in told


def test_what_was_brought_back_on_its_own_page_is_imported_like_anything_else(client):
    import_rows(ROW)
    withdraw()
    transitions.publish(Update.objects.get())
    assert import_rows(ROW | {"title": "Stop reprisals", "summary": "More."}).published == 1


# --- Purged -----------------------------------------------------------------------------------


def test_a_purged_update_is_not_made_anew(tmp_path):
    import_rows(ROW)
    purge()
    told = import_told(tmp_path, ROW, ROW | {"title": "Other"}, publish=True)
    assert public_titles() == {"Other"}
    assert "Left as it is: Stop reprisals: It was deleted permanently" in told


def test_a_draft_that_was_purged_is_not_made_anew():
    import_rows(ROW, publish=False)
    transitions.purge(Update.objects.get(), by=make_staff("chief", role="administrator"))
    import_rows(ROW)
    assert not Update.objects.exists()


@pytest.mark.parametrize("title", ["STOP  reprisals", "Stop\u00a0reprisals\u200b"])
def test_a_purged_update_is_known_however_its_title_is_typed(title):
    import_rows(ROW)
    purge()
    import_rows(ROW | {"title": title})
    assert not Update.objects.exists()


def test_a_purged_update_is_known_by_every_title_that_it_ever_had():
    import_rows(ROW)
    update = Update.objects.get()
    update.title_en = "Without the name"
    save_item(update)
    purge()
    import_rows(ROW, ROW | {"title": "Without the name"})
    assert not Update.objects.exists()


def test_a_purged_update_is_known_though_its_situation_was_purged_as_well():
    import_rows(ROW)
    purge()
    transitions.withdraw(Situation.objects.get(), reason="")
    transitions.purge(Situation.objects.get(), by=make_staff("chief", role="administrator"))
    with pytest.raises(SpreadsheetError, match="“belarus” was deleted permanently"):
        import_rows(ROW)


def test_of_a_purged_update_no_word_is_kept():
    import_rows(ROW)
    purge()
    assert "reprisals" not in str(list(ErasedKey.objects.values_list()))


def test_the_memory_of_what_was_purged_survives_another_key_in_front(settings):
    import_rows(ROW)
    purge()
    settings.NAMES_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", *settings.NAMES_KEYS]
    import_rows(ROW)
    assert not Update.objects.exists()


# --- Corrected --------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{"title_en": "Without the name"}, {"date": "2020-08-15"}])
def test_what_was_corrected_at_the_desk_is_not_made_a_second_time(changes, tmp_path):
    import_rows(ROW)
    update = Update.objects.get()
    for name, value in changes.items():
        setattr(update, name, value)
    transitions.publish(save_item(update))
    told = import_told(tmp_path, ROW, publish=True)
    assert Update.objects.count() == 1
    assert "Left as it is" in told
    assert Update.objects.get().title_en == update.title_en


def test_a_new_item_may_have_a_title_that_another_item_has_in_another_language():
    import_rows(ROW)
    import_rows({"situation": "belarus", "date": "2020-08-14", "title": "Halte", "language": "fr"})
    assert Update.objects.count() == 2


# --- Addresses --------------------------------------------------------------------------------


def test_an_imported_item_never_takes_an_address_that_another_had():
    import_rows(ROW)
    update = Update.objects.get()
    update.slug, update.title_en = "moved", "Moved"
    transitions.publish(save_item(update))
    import_rows(ROW | {"date": "2021-01-01"})
    assert set(Update.objects.values_list("slug", flat=True)) == {"moved", "stop-reprisals-2"}


def test_an_imported_item_never_takes_the_address_of_something_purged():
    import_rows(ROW)
    purge()
    import_rows(ROW | {"date": "2021-01-01"})
    assert Update.objects.get().slug == "stop-reprisals-2"


@pytest.mark.parametrize("slug", ["", "stop-reprisals"])
def test_a_form_never_gives_an_address_that_another_item_had(client, slug):
    import_rows(ROW)
    update = Update.objects.get()
    update.slug = "moved"
    transitions.publish(save_item(update))
    log_in(client)
    place = {"situation": Situation.objects.get().pk, "kind": "briefing", "language": "en", "date": "2021-01-01"}
    submit_form(client, "/admin/updates/update/add/", title_en="Stop reprisals", slug=slug, **place)
    assert set(Update.objects.values_list("slug", flat=True)) <= {"moved", "stop-reprisals-2"}


def test_an_item_may_go_back_to_an_address_of_its_own():
    import_rows(ROW)
    update = Update.objects.get()
    for slug in ("moved", "stop-reprisals"):
        update.slug = slug
        update.full_clean()
        transitions.publish(save_item(update))
    assert Entry.objects.filter(slug="stop-reprisals").exists()


# --- Draft situations -------------------------------------------------------------------------


def test_an_import_that_publishes_brings_a_draft_situation_before_the_public():
    make_situation(public=False)
    import_rows(ROW)
    assert public_titles() == {"Stop reprisals"}


def test_a_situation_that_may_not_be_published_is_named_with_the_reason(settings):
    settings.SECOND_PERSON = "all"
    make_situation(public=False)
    summary = import_rows(ROW)
    assert any("All Eyes on Belarus: A second person" in sentence for sentence in summary.left)


def test_a_situation_in_review_is_named_as_hidden():
    transitions.submit(make_situation(public=False))
    assert any("Readers cannot see this situation yet" in sentence for sentence in import_rows(ROW).left)


# --- In review --------------------------------------------------------------------------------


@pytest.fixture
def situation():
    return make_situation()


@pytest.mark.parametrize("hand_in", [transitions.submit, approve_item])
def test_new_words_for_what_waits_make_it_a_draft_again(hand_in, situation):
    import_stories(write_csv(STORY), quiet=True)
    hand_in(SurvivorStory.objects.get())
    import_stories(write_csv(STORY | {"content_note": "threats"}), quiet=True)
    assert SurvivorStory.objects.get().status == "draft"


def test_another_consent_makes_an_approved_testimony_a_draft_again(situation):
    import_stories(write_csv(STORY), quiet=True)
    approve_item(SurvivorStory.objects.get())
    import_stories(write_csv(STORY | {"consent_channels": "site;feed"}), quiet=True)
    assert SurvivorStory.objects.get().status == "draft"


def test_the_same_words_leave_it_approved(situation):
    import_stories(write_csv(STORY), quiet=True)
    approve_item(SurvivorStory.objects.get())
    import_stories(write_csv(STORY), quiet=True)
    assert SurvivorStory.objects.get().status == "approved"


def test_a_note_of_the_command_names_what_is_withdrawn_without_publishing_too(tmp_path):
    import_rows(ROW)
    withdraw()
    assert "Left as it is: Stop reprisals" in import_told(tmp_path, ROW)


def test_a_situation_whose_name_is_gone_is_refused_by_the_command(tmp_path):
    situation = make_situation()
    transitions.withdraw(situation, reason="")
    transitions.purge(situation, by=make_staff("chief", role="administrator"))
    with pytest.raises(CommandError, match="row 2, column situation: “belarus” was deleted permanently"):
        import_told(tmp_path, ROW)


def test_the_page_of_the_desk_names_what_stays_withdrawn(client):
    import_rows(ROW)
    withdraw()
    log_in(client)
    page = client.post("/admin/updates/update/import/", {"file": io.BytesIO(write_csv(ROW))})
    assert "Stop reprisals: It was withdrawn and stays so" in page.content.decode()
