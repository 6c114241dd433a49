"""Calling off an appointment takes back that alone: what is public stays so, and nothing tells that anything waited."""

import datetime as dt

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import Event
from publishing.lookup import resolve_entry
from publishing.models import Entry, FacetCount, PublishedFile, Release
from publishing.workflow import transitions
from publishing.workflow.entries import rebuild_entries
from tests.support.desk_client import admin_url, log_in, messages_for, submit_form
from tests.support.factories import approve_item, make_situation, make_staff, make_story, make_update, save_item

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TOMORROW, NEXT_WEEK = NOW + dt.timedelta(days=1), NOW + dt.timedelta(days=7)


@pytest.fixture
def changed():
    """Public as “Before”, to be replaced by “After” tomorrow."""
    update = make_update("Before", slug="walk", public=True)
    update.title_en = "After"
    transitions.publish(save_item(update), at=TOMORROW)
    return update


def title():
    return resolve_entry("update", situation="belarus", slug="walk", language="en").title


def describe_entries():
    fields = ("language", "release_id", "title", "first_public", "visible_from", "visible_until")
    counts = FacetCount.objects.order_by("pk").values_list("language", "facet", "value", "visible_from", "n")
    return sorted(Entry.objects.values_list(*fields)), sorted(map(str, counts))


def test_what_is_public_stays_as_it_is_before_and_after_the_hour(changed):
    transitions.unschedule(changed)
    assert title() == "Before"
    with time_machine.travel(NEXT_WEEK):
        assert title() == "Before"
    assert changed.status == "published"


def test_what_nobody_could_read_yet_is_a_draft_again_and_never_existed():
    update = make_update(slug="walk")
    transitions.publish(update, at=TOMORROW)
    transitions.unschedule(update)
    assert type(update).objects.get().status == "draft"
    with time_machine.travel(NEXT_WEEK), pytest.raises(Entry.DoesNotExist):
        title()


def test_words_in_review_stay_in_review(changed):
    transitions.submit(changed)
    transitions.unschedule(changed)
    assert changed.status == "in_review"


def test_an_appointment_that_was_moved_is_called_off_too(changed):
    transitions.publish(changed, at=NEXT_WEEK)
    transitions.unschedule(changed)
    with time_machine.travel(NEXT_WEEK + dt.timedelta(days=1)):
        assert title() == "Before"


def test_the_counts_and_entries_are_those_of_before_it_was_scheduled():
    update = make_update("Before", slug="walk", public=True)
    before = describe_entries()
    update.title_en = "After"
    transitions.publish(save_item(update), at=TOMORROW)
    transitions.unschedule(update)
    assert describe_entries() == before


def test_writing_all_entries_anew_changes_nothing(changed):
    transitions.unschedule(changed)
    before = describe_entries()
    rebuild_entries()
    assert describe_entries() == before


def test_a_file_that_only_the_appointment_carries_was_never_there(changed):
    PublishedFile.objects.create(name="later.jpg", uid=changed.uid, type="image/jpeg", visible_from=TOMORROW)
    transitions.unschedule(changed)
    assert not PublishedFile.objects.exists()


def test_it_can_be_published_at_once_afterwards(changed):
    transitions.unschedule(changed)
    transitions.publish(changed)
    assert title() == "After"


def test_where_nothing_waits_there_is_nothing_to_call_off():
    with pytest.raises(transitions.TransitionRefused, match="waits for no moment"):
        transitions.unschedule(make_update(public=True))


def test_a_situation_is_not_called_off_over_its_items():
    situation = make_situation(public=False)
    transitions.publish(situation, at=TOMORROW)
    transitions.publish(make_update(situation=situation), at=TOMORROW)
    with pytest.raises(transitions.TransitionRefused, match="Withdraw it instead"):
        transitions.unschedule(situation)


def test_the_author_of_words_that_were_called_off_does_not_approve_them(client):
    author = make_staff("author", role="approver")
    story = approve_item(make_story(by=author), by=make_staff("second"))
    transitions.publish(story, at=TOMORROW)
    transitions.unschedule(story)
    transitions.submit(story)
    with pytest.raises(transitions.TransitionRefused, match="You worked on this text yourself"):
        transitions.approve(story, by=author)


def test_the_command_says_truthfully_what_stays(changed, capsys):
    call_command("unschedule", "update", "walk")
    assert "Schedule cancelled: update walk. What was public before stays public." in capsys.readouterr().out
    assert title() == "Before"
    assert Event.objects.filter(verb="update.unscheduled", actor="operator").exists()


def test_the_command_refuses_where_nothing_waits():
    make_update(slug="walk", public=True)
    with pytest.raises(CommandError, match="Refused"):
        call_command("unschedule", "update", "walk")


def test_the_desk_has_a_button_that_leads_to_a_page_that_asks(client, changed):
    log_in(client)
    assert admin_url(changed, "unschedule") in client.get(admin_url(changed)).content.decode()
    page = client.get(admin_url(changed, "unschedule")).content.decode()
    assert "What readers see now does not change" in page
    answer = submit_form(client, admin_url(changed, "unschedule"))
    assert "Readers still see what was public before" in messages_for(answer)


def test_the_desk_offers_it_only_where_something_waits(client):
    log_in(client)
    update = make_update(public=True)
    assert admin_url(update, "unschedule") not in client.get(admin_url(update)).content.decode()


def test_the_list_of_releases_keeps_the_appointment_and_that_it_was_called_off(client, changed):
    log_in(client)
    transitions.unschedule(changed)
    assert [release.action for release in Release.objects.of(changed.uid)] == ["publish", "publish", "cancel"]
    assert "schedule cancelled" in client.get(admin_url(changed)).content.decode()
