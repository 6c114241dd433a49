"""An import beside somebody else's work: it waits, and does what is right after what the other did."""

import pytest

from publishing.models import Entry
from publishing.spreadsheets.reader import SpreadsheetError
from publishing.workflow import transitions
from stories.models import SurvivorStory
from stories.spreadsheet_columns import import_stories
from tests.support.colleagues import run_beside
from tests.support.factories import approve_item, make_situation, make_staff, make_story, make_update, save_item
from updates.models import Update
from updates.spreadsheet_columns import import_updates

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def import_row(*, publish=False, **cells):
    row = {"situation": "belarus", "date": "2020-08-14", "title": "Raids", "summary": "More."} | cells
    sheet = "\n".join([",".join(row), ",".join(map(str, row.values()))]).encode()
    return import_updates(sheet, publish=publish, quiet=True)


@pytest.fixture
def update():
    make_situation()
    return make_update("Raids", public=True)


def rewrite(**fields):
    """A colleague saves it at the desk, with the row held."""
    fresh = Update.objects.select_for_update().get()
    for name, value in {**fields, "version": fresh.version + 1}.items():
        setattr(fresh, name, value)
    save_item(fresh)


def test_two_imports_of_one_file_make_one_item():
    make_situation()
    colleague = run_beside(import_row, import_row)
    assert (colleague.answer.new, colleague.answer.same) == (0, 1)
    assert Update.objects.count() == 1


def test_a_save_and_an_import_never_give_one_version_twice(update):
    run_beside(lambda: rewrite(subtitle_en="By hand"), import_row)
    saved = Update.objects.get()
    assert (saved.version, saved.subtitle_en, saved.summary_en) == (2, "By hand", "More.")


def test_an_export_that_is_imported_beside_a_save_is_refused(update):
    row = {"uid": update.uid, "version": update.version}
    colleague = run_beside(lambda: rewrite(summary_en="By hand"), lambda: import_row(**row))
    assert isinstance(colleague.failure, SpreadsheetError)
    assert Update.objects.get().summary_en == "By hand"


def test_a_title_that_is_just_being_corrected_stays_corrected(update):
    colleague = run_beside(lambda: rewrite(title_en="Without the name"), import_row)
    assert len(colleague.answer.left) == 1
    assert Update.objects.get().title_en == "Without the name"


@pytest.mark.parametrize("publish", [True, False])
def test_what_is_just_being_withdrawn_stays_withdrawn(update, publish):
    colleague = run_beside(lambda: transitions.withdraw(update, reason=""), lambda: import_row(publish=publish))
    assert len(colleague.answer.left) == 1
    assert not Entry.objects.filter(uid=update.uid).exists()


@pytest.mark.parametrize("publish", [True, False])
def test_what_is_just_being_purged_is_not_made_anew(update, publish):
    chief = make_staff("chief", role="administrator")
    transitions.withdraw(update, reason="")
    colleague = run_beside(lambda: transitions.purge(update, by=chief), lambda: import_row(publish=publish))
    assert len(colleague.answer.left) == 1
    assert not Update.objects.exists()


def test_what_is_just_being_published_is_withdrawn_after_it(update):
    colleague = run_beside(lambda: import_row(publish=True), lambda: transitions.withdraw(update, reason=""))
    assert colleague.failure is None
    assert not Entry.objects.filter(uid=update.uid).exists()


def test_new_words_for_what_is_just_being_approved_make_it_a_draft_again():
    make_situation()
    story = make_story("Сведчаць", content_note_en="beatings")
    transitions.submit(story)
    second = make_staff("second")
    row = "situation,partner,language,original_title,date,content_note\nbelarus,Viasna,be,Сведчаць,2020-08-27,threats"
    colleague = run_beside(
        lambda: transitions.approve(story, by=second), lambda: import_stories(row.encode(), quiet=True)
    )
    assert colleague.failure is None
    assert SurvivorStory.objects.get().status == "draft"


def test_what_is_just_being_handed_in_with_new_words_is_not_approved_unseen():
    make_situation()
    story = approve_item(make_story("Сведчаць"))
    row = "situation,partner,language,original_title,date,content_note\nbelarus,Viasna,be,Сведчаць,2020-08-27,threats"
    colleague = run_beside(
        lambda: import_stories(row.encode(), quiet=True), lambda: transitions.publish(SurvivorStory.objects.get())
    )
    assert isinstance(colleague.failure, transitions.TransitionRefused)
    assert not Entry.objects.filter(uid=story.uid).exists()
