"""The second of two guards, the edge itself, and what holds after the hour."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from publishing.lookup import EntryGone, resolve_entry
from publishing.models import Entry, FacetCount, PublishedFile, Release
from publishing.workflow import entries, transitions
from publishing.workflow.transitions import TransitionRefused
from stories.models import Consent
from tests.support.factories import approve_item, make_staff, make_story, make_tag, make_update, publish_item, save_item

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
PICTURE = {"renditions": [{"name": "a.jpg", "type": "image/jpeg", "width": 1, "height": 1}], "width": 1, "height": 1}


def make_staffed_story(**more):
    return approve_item(make_story(by=make_staff("author"), **more), by=make_staff("second"))


# --- Guards behind guards ---------------------------------------------------------------------


def test_a_draft_whose_earlier_words_are_public_is_not_purged():
    update = make_update(public=True)
    transitions.submit(update)
    transitions.return_to_author(update, by=make_staff(), comment="Not yet.")
    with pytest.raises(TransitionRefused, match="still public"):
        transitions.purge(update, by=None)


def test_what_is_approved_can_still_be_returned():
    story = make_staffed_story()
    transitions.return_to_author(story, by=make_staff("second"), comment="Wait.")
    assert story.status == "draft"


def test_the_files_of_something_withdrawn_are_marked_as_gone():
    update = make_update(public=True, picture=PICTURE, picture_decorative=True)
    transitions.withdraw(update, reason="")
    assert PublishedFile.objects.get().gone


# --- Who is a second person -------------------------------------------------------------------


def test_an_approver_who_saves_it_afterwards_is_no_second_person_any_more():
    story = make_staffed_story()
    save_item(story, by=make_staff("second"))
    with pytest.raises(TransitionRefused, match="second person"):
        publish_item(story)


def test_who_wrote_what_was_released_before_may_approve_what_others_changed():
    story = make_staffed_story(public=False)
    publish_item(story)
    story.title_en = "Changed"
    save_item(story, by=make_staff("third"))
    publish_item(approve_item(story, by=make_staff("author")))
    assert Entry.objects.filter(uid=story.uid, title="Changed").exists()


def test_a_consent_that_was_changed_in_a_word_nobody_reads_ends_the_approval():
    story = make_staffed_story()
    Consent.objects.update(explained_by="Somebody else")
    with pytest.raises(TransitionRefused, match="second person"):
        publish_item(type(story).objects.get())


# --- The day itself ---------------------------------------------------------------------------


def test_a_consent_that_hides_on_a_day_has_expired_on_that_day():
    story = make_story(consent={"review": timezone.now().date(), "hide_when_due": True}, by=make_staff("author"))
    transitions.submit(story)
    with pytest.raises(TransitionRefused, match="expired"):
        transitions.approve(story, by=make_staff("second"))


@pytest.mark.parametrize(("days", "is_due", "is_over"), [(14, True, False), (15, False, False), (0, True, False)])
def test_a_consent_is_due_fourteen_days_before_and_not_over_on_its_day(days, is_due, is_over):
    consent = Consent(review=timezone.now().date() + dt.timedelta(days=days))
    assert (consent.is_due, consent.is_over) == (is_due, is_over)


def test_a_pseudonym_of_somebody_whose_name_is_withheld_is_in_no_document(client):
    story = make_story(pseudonym="Alena", public=True)
    assert story.document().facts["pseudonym"] == ""
    assert "Alena" not in client.get(f"/en/belarus/stories/{story.slug}/").content.decode()


def test_an_hour_that_is_this_very_moment_has_passed():
    with time_machine.travel(timezone.now(), tick=False), pytest.raises(TransitionRefused, match="has passed"):
        publish_item(make_update(), at=timezone.now())


# --- After the hour ---------------------------------------------------------------------------


def test_a_tag_that_a_scheduled_release_drops_finds_nothing_from_its_hour_on(client):
    update = make_update("With a tag", public=True, tags=[make_tag()])
    update.tags.clear()
    hour = timezone.now() + HOUR
    publish_item(save_item(update), at=hour)
    assert "With a tag" in client.get("/en/belarus/?tag=detention").content.decode()
    with time_machine.travel(hour):
        assert "With a tag" not in client.get("/en/belarus/?tag=detention").content.decode()


def test_what_was_withdrawn_and_scheduled_again_is_not_shown_by_a_rebuild_before_its_hour():
    update = make_update(public=True)
    transitions.withdraw(update, reason="")
    publish_item(update, at=timezone.now() + HOUR)
    entries.rebuild_entries()
    assert not Entry.objects.public().filter(uid=update.uid).exists()


def test_an_address_that_two_items_had_answers_for_the_second():
    first = make_update(slug="here", public=True)
    first.slug = "elsewhere"
    publish_item(save_item(first))
    second = make_update(slug="here", public=True)
    transitions.withdraw(second, reason="")
    with pytest.raises(EntryGone):
        resolve_entry("update", situation="belarus", slug="here", language="en")


# --- What is only counted ---------------------------------------------------------------------


def test_two_tags_of_one_item_are_counted_apart_and_not_as_a_pair():
    make_update(public=True, tags=[make_tag("One"), make_tag("Two")])
    facets = set(FacetCount.objects.filter(language="en").values_list("facet", flat=True))
    assert "tag" in facets
    assert "tag/tag" not in facets


def test_an_hour_to_come_stands_in_the_release_and_an_hour_now_does_not():
    update = publish_item(make_update(), at=timezone.now() + HOUR)
    publish_item(update)
    hours = [release.visible_from is None for release in Release.objects.of(update.uid)]
    assert hours == [False, True]
