"""Withdrawing takes an item from the public at once; purging destroys it."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from audit.chain import verify_chain
from audit.models import Event
from publishing.lookup import EntryGone, EntryMoved, resolve_entry
from publishing.models import Entry, FacetCount, Release
from publishing.workflow import transitions
from publishing.workflow.transitions import TransitionRefused
from stories.models import Consent
from tests.support.factories import (
    make_alert,
    make_situation,
    make_staff,
    make_story,
    make_update,
    publish_item,
    save_item,
)
from updates.models import Update

pytestmark = pytest.mark.django_db


def test_a_withdrawn_update_has_no_entry_in_any_language():
    update = make_update(public=True)
    transitions.withdraw(update, reason="consent withdrawn")
    assert not Entry.objects.filter(uid=update.uid).exists()


def test_a_withdrawn_update_counts_nowhere():
    transitions.withdraw(make_update(public=True), reason="wrong")
    assert not FacetCount.objects.exists()


def test_the_address_of_a_withdrawn_update_is_gone():
    update = make_update(slug="reprisals", public=True)
    transitions.withdraw(update, reason="wrong")
    with pytest.raises(EntryGone):
        resolve_entry("update", situation="belarus", slug="reprisals", language="en")


def test_the_address_of_a_draft_never_existed():
    make_update(slug="draft")
    with pytest.raises(Entry.DoesNotExist):
        resolve_entry("update", situation="belarus", slug="draft", language="en")


def test_the_address_of_a_scheduled_update_never_existed():
    publish_item(make_update(slug="later"), at=timezone.now() + dt.timedelta(hours=1))
    with pytest.raises(Entry.DoesNotExist):
        resolve_entry("update", situation="belarus", slug="later", language="en")


def test_what_was_scheduled_and_withdrawn_before_its_hour_never_existed():
    update = make_update(slug="later")
    publish_item(update, at=timezone.now() + dt.timedelta(hours=1))
    transitions.withdraw(update, reason="wrong")
    with pytest.raises(Entry.DoesNotExist):
        resolve_entry("update", situation="belarus", slug="later", language="en")


def test_an_old_address_leads_to_the_new_one():
    update = make_update(slug="old", public=True)
    update.slug = "new"
    publish_item(save_item(update))
    with pytest.raises(EntryMoved) as moved:
        resolve_entry("update", situation="belarus", slug="old", language="en")
    assert moved.value.entry.get_absolute_url() == "/en/belarus/updates/new/"


def test_withdrawing_a_situation_takes_its_items_with_it():
    update, story = make_update(public=True), make_story(public=True)
    transitions.withdraw(update.situation, reason="the page is in danger")
    assert not Entry.objects.filter(uid__in=[update.uid, story.uid, update.situation.uid]).exists()


def test_withdrawing_one_situation_leaves_the_others():
    other = make_update(situation=make_situation("routes"), public=True)
    transitions.withdraw(make_situation("belarus"), reason="wrong")
    assert Entry.objects.public().filter(uid=other.uid).exists()


def test_what_is_not_public_cannot_be_withdrawn():
    with pytest.raises(TransitionRefused, match="not public"):
        transitions.withdraw(make_update(), reason="wrong")


def test_any_contributor_may_withdraw():
    update = make_update(public=True)
    transitions.withdraw(update, by=make_staff("contributor", role="contributor"), reason="wrong")
    assert not Entry.objects.filter(uid=update.uid).exists()


def test_a_withdrawn_item_can_be_published_again():
    update = make_update(public=True)
    transitions.withdraw(update, reason="wrong")
    publish_item(update)
    assert Entry.objects.public().filter(uid=update.uid, language="en").count() == 1


def purged(update):
    transitions.withdraw(update, reason="wrong")
    transitions.purge(update, by=make_staff("administrator", role="administrator"))


def test_purging_leaves_no_word_in_releases_history_or_working_copy():
    update = make_update("Marker-7f3a", slug="marker-7f3a", body_en="<p>Marker-7f3a</p>", public=True)
    purged(update)
    left = [*Release.objects.filter(uid=update.uid).values_list("document", "slug", "note")]
    assert "arker" not in str(left)
    assert not Update.objects.filter(uid=update.uid).exists()
    assert not Update.history.filter(uid=update.uid).exists()


def test_purging_a_testimony_leaves_no_word_of_its_consent():
    story = make_story(consent={"reference": "Marker-9c1d"}, public=True)
    assert Consent.history.exists()
    purged(story)
    assert not Consent.history.exists()


def test_the_log_says_withdrawn_in_every_language_of_the_desk():
    update = make_update(public=True)
    with translation.override("ru"):
        transitions.withdraw(update, reason="wrong")
    assert Event.objects.last().verb == "update.withdrawn"


def test_the_address_of_something_purged_is_gone():
    update = make_update(slug="purged", public=True)
    purged(update)
    with pytest.raises(EntryGone):
        resolve_entry("update", situation="belarus", slug="purged", language="en")


def test_the_audit_log_still_verifies_after_a_purge():
    purged(make_update(public=True))
    assert verify_chain() is None


def test_what_is_public_cannot_be_purged():
    with pytest.raises(TransitionRefused, match="Withdraw it first|not possible"):
        transitions.purge(make_update(public=True), by=make_staff("administrator", role="administrator"))


def test_a_situation_is_not_purged_past_its_alerts():
    alert = make_alert(situation=make_situation("routes"))
    transitions.withdraw(alert.situation, reason="danger")
    with pytest.raises(TransitionRefused, match="New report on torture"):
        transitions.purge(alert.situation, by=None)
    transitions.purge(alert, by=None)
    transitions.purge(alert.situation, by=None)
    assert not Release.objects.of(alert.uid).exclude(document=None).exists()
