"""What a release carries to the public side, and what it never does."""

import datetime as dt

import pytest
from django.utils import timezone

from publishing.models import Entry, FacetCount, Release
from publishing.workflow import entries, transitions
from publishing.workflow.transitions import TransitionRefused
from situations.models import Situation
from stories.models import Consent, SurvivorStory
from tests.support.factories import (
    approve_item,
    make_organisation,
    make_partner,
    make_situation,
    make_staff,
    make_story,
    make_tag,
    make_update,
    publish_item,
    save_item,
)

pytestmark = pytest.mark.django_db

SITE_LANGUAGES = ["ar", "be", "en", "es", "fr", "ru"]


def entry(item, language="en"):
    return Entry.objects.public().get(uid=item.uid, language=language)


def test_a_saved_draft_has_no_entry():
    make_update()
    assert not Entry.objects.filter(type="update").exists()


def test_a_published_update_has_one_entry_in_each_language_of_the_site():
    update = make_update(public=True)
    assert sorted(Entry.objects.filter(uid=update.uid).values_list("language", flat=True)) == SITE_LANGUAGES


def test_an_edit_of_a_published_update_leaves_the_public_text_as_it_is():
    update = make_update("As published", public=True)
    update.title_en = "As edited"
    save_item(update)
    assert entry(update).title == "As published"


def test_publishing_again_shows_the_edit():
    update = make_update("As published", public=True)
    update.title_en = "As edited"
    publish_item(save_item(update))
    assert entry(update).title == "As edited"


def test_an_item_keeps_its_number_when_it_is_published_again():
    update = make_update(public=True)
    number = entry(update).number
    publish_item(update)
    assert entry(update).number == number


def test_a_missing_french_text_is_shown_in_the_language_it_was_written_in():
    update = make_update("Тытул", language="be", title_en="", title_be="Тытул", public=True)
    french = entry(update, "fr")
    assert (french.title, french.text_language, french.is_fallback) == ("Тытул", "be", True)


def test_each_text_falls_back_for_itself():
    update = make_update("Title", title_fr="Titre", summary_en="Summary", public=True)
    french = entry(update, "fr")
    assert french.spoken["title"] == "fr"
    assert french.spoken["summary"] == "en"


def test_the_original_of_a_testimony_is_the_same_in_every_language():
    story = make_story("Сведчаць", original_body="<p>Словы</p>", public=True)
    originals = [one.facts["original"]["title"] for one in Entry.objects.filter(uid=story.uid)]
    assert originals == ["Сведчаць"] * len(SITE_LANGUAGES)


def test_an_item_of_another_publisher_stands_under_other_news():
    update = make_update(publisher=make_partner("Viasna"), public=True)
    assert entry(update).section == "news"


@pytest.mark.parametrize(
    ("precision", "year", "month"),
    [("day", "2020", "2020-08"), ("month", "2020", "2020-08"), ("year", "2020", ""), ("undated", "", "")],
)
def test_only_what_is_recorded_of_a_date_can_be_filtered_by(precision, year, month):
    update = make_update(date_precision=precision, public=True)
    assert (entry(update).year, entry(update).month) == (year, month)


def test_an_update_of_an_unpublished_situation_is_refused():
    hidden = make_situation("hidden", public=False)
    update = make_update(situation=hidden)
    with pytest.raises(TransitionRefused, match="Publish “.*” first"):
        transitions.publish(update)


def test_a_scheduled_update_is_not_public_before_its_hour():
    update = make_update()
    publish_item(update, at=timezone.now() + dt.timedelta(hours=1))
    assert not Entry.objects.public().filter(uid=update.uid).exists()


def test_a_scheduled_update_is_public_from_its_hour_on_without_any_job():
    update = make_update()
    at = timezone.now() + dt.timedelta(hours=1)
    publish_item(update, at=at)
    assert Entry.objects.public(now=at).filter(uid=update.uid, language="en").count() == 1


def test_a_scheduled_correction_replaces_the_public_text_at_its_hour_and_not_before():
    update = make_update("Before", public=True)
    update.title_en = "After"
    at = timezone.now() + dt.timedelta(hours=1)
    publish_item(save_item(update), at=at)
    now, then = Entry.objects.public(), Entry.objects.public(now=at)
    assert now.get(uid=update.uid, language="en").title == "Before"
    assert then.get(uid=update.uid, language="en").title == "After"


def test_a_release_cannot_be_changed():
    make_update(public=True)
    release = Release.objects.last()
    with pytest.raises(TypeError, match="append-only"):
        release.save()
    with pytest.raises(TypeError, match="append-only"):
        Release.objects.update(by="nobody")


def test_a_correction_is_dated_and_stays():
    update = make_update(public=True)
    publish_item(update, correction={"en": "The number of detainees was wrong."})
    publish_item(update)
    assert entry(update).facts["corrections"][0]["note"]["text"] == "The number of detainees was wrong."


def test_an_account_without_the_right_is_refused():
    auditor = make_staff("auditor", role="auditor")
    with pytest.raises(TransitionRefused, match="role"):
        transitions.publish(make_update(), by=auditor)


def test_rebuilding_writes_the_same_entries_again():
    make_organisation()
    make_update(tags=[make_tag()], public=True)
    make_story(public=True)
    before = list(Entry.objects.order_by("number", "language").values_list("number", "language", "title", "fragment"))
    counts = sorted(FacetCount.objects.values_list("facet", "value", "language", "n"))
    entries.rebuild_entries()
    after = list(Entry.objects.order_by("number", "language").values_list("number", "language", "title", "fragment"))
    assert after == before
    assert sorted(FacetCount.objects.values_list("facet", "value", "language", "n")) == counts


def test_rebuilding_keeps_a_scheduled_correction_in_its_place():
    update = make_update("Before", public=True)
    update.title_en = "After"
    at = timezone.now() + dt.timedelta(hours=1)
    publish_item(save_item(update), at=at)
    entries.rebuild_entries()
    assert Entry.objects.public().get(uid=update.uid, language="en").title == "Before"
    assert Entry.objects.public(now=at).get(uid=update.uid, language="en").title == "After"


def test_the_counts_follow_every_deed():
    one, two = make_update(public=True), make_update(kind="report", public=True)
    two.kind = "briefing"
    publish_item(save_item(two))
    transitions.withdraw(one, reason="wrong")
    counted = FacetCount.objects.filter(language="en", facet="kind").values_list("value", "n")
    assert list(counted) == [("briefing", 1)]


# --- The second person ------------------------------------------------------------------------


def test_a_testimony_without_approval_is_refused():
    with pytest.raises(TransitionRefused, match="second person"):
        transitions.publish(make_story())


def test_a_contributor_publishes_an_update_alone_where_the_organisation_chose_so():
    editor = make_staff("editor", role="contributor")
    update = make_update(by=editor)
    transitions.publish(update, by=editor)
    assert entry(update)


def test_a_contributor_publishes_nothing_alone_where_a_second_person_is_asked_for(settings):
    settings.SECOND_PERSON = "all"
    editor = make_staff("editor", role="contributor")
    situation = Situation(slug="routes", title_en="Routes")
    update = make_update(situation=save_item(situation), by=editor)
    with pytest.raises(TransitionRefused, match="second person"):
        transitions.publish(update, by=editor)


def test_a_testimony_without_consent_is_neither_approved_nor_published():
    story = make_story(consent=False)
    with pytest.raises(TransitionRefused, match="no record of consent"):
        approve_item(story)
    with pytest.raises(TransitionRefused, match="no record of consent"):
        transitions.publish(story)


def test_a_testimony_whose_consent_was_deleted_after_the_approval_is_refused():
    approve_item(make_story())
    Consent.objects.all().delete()
    with pytest.raises(TransitionRefused, match="no record of consent"):
        transitions.publish(SurvivorStory.objects.get())


def test_nobody_approves_a_text_they_worked_on_not_even_a_superuser():
    chief = make_staff("chief", role="administrator")
    chief.is_superuser = True
    chief.save()
    story = make_story(by=chief)
    transitions.submit(story, by=chief)
    with pytest.raises(TransitionRefused, match="worked on this text yourself"):
        transitions.approve(story, by=chief)


@pytest.mark.parametrize("field", ["original_title", "original_body", "title_fr", "content_note_en", "slug"])
def test_any_changed_word_ends_the_approval(field):
    story = approve_item(make_story())
    setattr(story, field, "changed")
    with pytest.raises(TransitionRefused, match="second person"):
        publish_item(save_item(story))


def test_a_changed_consent_ends_the_approval():
    story = approve_item(make_story())
    story.consent.newsletter = False
    story.consent.save()
    with pytest.raises(TransitionRefused, match="second person"):
        publish_item(story)


def test_the_approval_of_an_account_that_was_closed_does_not_count():
    approver = make_staff("approver")
    story = approve_item(make_story(), by=approver)
    approver.is_active = False
    approver.save()
    with pytest.raises(TransitionRefused, match="second person"):
        publish_item(story)


@pytest.mark.parametrize("channel", ["newsletter", "feed", "card", "mirror"])
def test_consent_keeps_a_testimony_out_of_a_channel(channel):
    story = make_story(consent={channel: False}, public=True)
    assert not Entry.objects.public(channel=channel).filter(uid=story.uid).exists()
    assert Entry.objects.public().filter(uid=story.uid).exists()


def test_without_consent_to_the_site_nothing_is_published():
    story = make_story(consent={"site": False})
    with pytest.raises(TransitionRefused, match="did not agree to publication on this site"):
        approve_item(story)
    with pytest.raises(TransitionRefused, match="did not agree to publication on this site"):
        publish_item(story)


def test_a_testimony_goes_out_by_itself_when_its_consent_runs_out():
    review = timezone.now().date() + dt.timedelta(days=30)
    story = make_story(consent={"review": review, "hide_when_due": True}, public=True)
    after = timezone.now() + dt.timedelta(days=31)
    assert not Entry.objects.public(now=after).filter(uid=story.uid).exists()
