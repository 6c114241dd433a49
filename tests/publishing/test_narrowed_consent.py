"""A consent that is narrowed or gone takes back at once what it no longer allows, public or waiting; it never gives."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from audit.models import Event
from publishing.models import Entry
from publishing.workflow import transitions
from publishing.workflow.entries import rebuild_entries
from stories.models import Consent, SurvivorStory
from tests.support.desk_client import admin_url, log_in, messages_for, submit_form
from tests.support.factories import approve_item, make_story

pytestmark = pytest.mark.django_db
PAGE = "/en/belarus/stories/told/"
NOW = timezone.now()
TOMORROW = NOW + dt.timedelta(days=1)


@pytest.fixture
def story():
    return make_story(slug="told", public=True)


@pytest.fixture
def waiting():
    story = approve_item(make_story(slug="told"))
    transitions.publish(story, at=TOMORROW)
    return story


def change_consent(**values):
    consent = Consent.objects.get()
    for name, value in values.items():
        setattr(consent, name, value)
    consent.save()
    return consent


def get_channels(story):
    rows = Entry.objects.filter(uid=story.uid)
    return {name for name in ("newsletter", "feed", "card", "mirror") if rows.filter(**{f"in_{name}": True}).exists()}


@pytest.mark.parametrize("channel", ["newsletter", "feed", "card", "mirror"])
def test_a_channel_that_is_taken_away_is_closed_at_once_and_stays_closed(client, story, channel):
    change_consent(**{channel: False})
    for _time in range(2):
        assert get_channels(story) == {"newsletter", "feed", "card", "mirror"} - {channel}
        assert client.get(PAGE).status_code == 200
        rebuild_entries()


def test_a_page_that_was_kept_is_not_shown_once_the_consent_for_feeds_is_gone(client, story):
    assert "told" in client.get("/en/belarus/feed.json").content.decode()
    change_consent(feed=False)
    assert "told" not in client.get("/en/belarus/feed.json").content.decode()


@pytest.mark.parametrize("act", [lambda: change_consent(site=False), Consent.objects.all().delete])
def test_without_consent_to_the_site_a_public_testimony_is_withdrawn_at_once(client, story, act):
    act()
    assert client.get(PAGE).status_code == 410
    assert SurvivorStory.objects.get().status == "withdrawn"
    assert Event.objects.filter(verb="story.withdrawn").exists()


@pytest.mark.parametrize("act", [lambda: change_consent(site=False), Consent.objects.all().delete])
def test_without_consent_to_the_site_what_waits_does_not_go_out(client, waiting, act):
    act()
    with time_machine.travel(TOMORROW + dt.timedelta(hours=1)):
        assert client.get(PAGE).status_code == 404


def test_what_waits_goes_out_without_the_channel_that_was_taken_away_meanwhile(waiting):
    change_consent(feed=False)
    with time_machine.travel(TOMORROW + dt.timedelta(hours=1)):
        assert Entry.objects.public().filter(uid=waiting.uid).exists()
        assert not Entry.objects.public(channel="feed").filter(uid=waiting.uid).exists()


def test_a_day_of_hiding_that_is_set_later_applies_to_what_is_public(client, story):
    change_consent(review=TOMORROW.date(), hide_when_due=True)
    assert client.get(PAGE).status_code == 200
    with time_machine.travel(TOMORROW + dt.timedelta(days=1)):
        assert client.get(PAGE).status_code == 410


def test_what_is_allowed_anew_comes_back_by_a_new_release_alone(story):
    change_consent(feed=False)
    change_consent(feed=True)
    assert "feed" not in get_channels(story)
    transitions.publish(approve_item(SurvivorStory.objects.get()))
    assert "feed" in get_channels(story)


def test_a_wider_or_unchanged_consent_makes_no_release(story):
    count = Entry.objects.get(uid=story.uid, language="en").release_id
    change_consent(reference="V-2")
    assert not Event.objects.filter(verb="story.limited").exists()
    assert Entry.objects.get(uid=story.uid, language="en").release_id == count


def test_the_form_takes_it_away_and_says_so(client, story):
    log_in(client)
    answer = submit_form(client, admin_url(story), **{"consent-0-site": False})
    assert "withdrawn at once" in messages_for(answer)
    assert client.get(PAGE).status_code == 410
    assert SurvivorStory.objects.get().status == "withdrawn"
