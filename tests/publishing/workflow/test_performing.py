"""A transition is judged on what is in the database once nobody else can change it, and on what was seen."""

import datetime as dt

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publishing.models import Approval, Entry
from publishing.workflow import transitions
from publishing.workflow.state_machine import perform
from publishing.workflow.transitions import TRANSITIONS, TransitionRefused
from situations.models import Alert, Situation
from tests.support.desk_client import admin_url, log_in, messages_for, read_form, submit_form
from tests.support.factories import (
    approve_item,
    look_at_consent_again,
    make_alert,
    make_situation,
    make_staff,
    make_story,
    make_update,
    save_item,
)
from updates.models import Update

pytestmark = pytest.mark.django_db


def rewrite(item, **fields):
    """A colleague saves it, elsewhere."""
    fresh = type(item).objects.get(pk=item.pk)
    for name, value in {**fields, "version": fresh.version + 1, "edited_by": make_staff("carla")}.items():
        setattr(fresh, name, value)
    fresh.save()


def choose(client, action, *items, **more):
    data = {"action": action, "_selected_action": [item.pk for item in items], "index": "0"}
    return client.post("/admin/updates/update/", data | more, follow=True)


# --- What was read before does not count ------------------------------------------------------


def test_what_goes_out_is_what_was_saved_last_not_what_was_read_first():
    update = make_update("A name")
    rewrite(update, title_en="No name")
    transitions.publish(update)
    assert Entry.objects.get(uid=update.uid, language="en").title == "No name"


def test_of_many_each_that_was_changed_meanwhile_goes_out_as_it_is_now():
    first, second = make_update("First"), make_update("A name")
    rewrite(second, title_en="No name")
    transitions.publish_all([first, second])
    assert set(Entry.objects.filter(type="update", language="en").values_list("title", flat=True)) == {
        "First", "No name"
    }  # fmt: skip


def test_of_many_those_that_did_not_move_are_not_read_again():
    items = list(Update.objects.filter(pk__in=[make_update(str(n)).pk for n in range(30)]))
    with CaptureQueriesContext(connection) as queries:
        transitions.publish_all(items)
    again = [query for query in queries if 'WHERE "updates_update"."id" = ' in query["sql"]]
    assert not again


def test_what_was_deleted_meanwhile_is_refused():
    update = make_update()
    Update.objects.get().delete()
    with pytest.raises(TransitionRefused):
        transitions.submit(update)


def test_whoever_asked_holds_the_new_status():
    first, second = make_update(), make_update()
    transitions.publish_all([first, second])
    assert [first.status, second.status] == ["published", "published"]


# --- What was seen ----------------------------------------------------------------------------


def test_other_words_than_those_seen_are_refused_and_say_who_changed_them():
    update = make_update()
    seen = update.seen_digest()
    rewrite(update, title_en="Other words")
    with pytest.raises(TransitionRefused, match="carla changed it after you opened this page"):
        perform(update, TRANSITIONS["publish"], by=make_staff(), seen=seen)


def test_other_tags_than_those_seen_are_refused(client):
    log_in(client)
    update = make_update()
    seen = read_form(client, admin_url(update, "publish"))
    update.tags.add("Detention")
    assert "changed it after you opened this page" in client.post(admin_url(update, "publish"), seen).content.decode()
    assert not Entry.objects.filter(uid=update.uid).exists()


def test_the_list_refuses_by_name_what_was_changed_after_its_page_was_opened(client):
    log_in(client)
    good, bad = make_update("Good"), make_update("Bad")
    seen = choose(client, "publish_all", good, bad).context["digests"]
    rewrite(bad, title_en="Bad, and a name")
    answer = choose(client, "publish_all", good, bad, confirmed="yes", digests=seen)
    assert "Bad, and a name: carla changed it after you opened this page" in messages_for(answer)
    assert list(Entry.objects.filter(type="update", language="en").values_list("title", flat=True)) == ["Good"]


def test_the_list_does_nothing_to_what_it_did_not_show(client):
    log_in(client)
    shown, other = make_update("Shown"), make_update("Other")
    seen = choose(client, "withdraw_all", shown).context["digests"]
    choose(client, "publish_all", shown, other, confirmed="yes", digests=seen)
    assert Update.objects.get(pk=other.pk).status == "draft"


def test_a_save_that_publishes_does_so_with_its_own_words(client):
    log_in(client)
    update = make_update("Draft")
    submit_form(client, admin_url(update), "_publish", title_en="As typed")
    assert Entry.objects.get(uid=update.uid, language="en").title == "As typed"


# --- What was taken back ----------------------------------------------------------------------


def test_a_withdrawal_ends_every_approval_of_what_it_takes_back():
    story = make_story(public=True)
    transitions.withdraw(story.situation, reason="")
    assert not Approval.objects.exists()


def test_one_person_does_not_bring_a_withdrawn_testimony_back(client):
    story = make_story(public=True)
    transitions.withdraw(story, reason="the teller asked for it")
    log_in(client, "contributor", role="contributor")
    submit_form(client, admin_url(story), "_publish")
    assert not Entry.objects.filter(uid=story.uid).exists()


def test_its_author_does_not_approve_what_was_withdrawn():
    author = make_staff("author")
    story = approve_item(make_story(by=author), by=make_staff("second"))
    transitions.publish(story)
    transitions.withdraw(story, reason="")
    transitions.submit(look_at_consent_again(story))
    with pytest.raises(TransitionRefused, match="You worked on this text yourself"):
        transitions.approve(story, by=author)


def test_a_second_person_may_bring_it_back():
    story = make_story(public=True, by=make_staff("author"))
    transitions.withdraw(story, reason="")
    transitions.publish(approve_item(look_at_consent_again(story), by=make_staff("second")))
    assert Entry.objects.filter(uid=story.uid).exists()


@pytest.mark.parametrize("minutes", [5, 600])
def test_a_clock_that_is_behind_lets_nobody_approve_their_own_words(minutes):
    author = make_staff("author")
    story = approve_item(make_story(), by=make_staff("second"))
    transitions.publish(story)
    with time_machine.travel(timezone.now() - dt.timedelta(minutes=minutes)):
        story.title_en = "Changed by its author"
        save_item(story, by=author)
        transitions.submit(story)
        with pytest.raises(TransitionRefused, match="You worked on this text yourself"):
            transitions.approve(story, by=author)


# --- At the command line as at the desk -------------------------------------------------------


def test_the_command_refuses_a_moment_that_has_passed():
    update = make_update()
    with pytest.raises(CommandError, match="That time has passed"):
        call_command("publish", "update", update.slug, "--at", "2020-01-01T06:00")
    assert not Entry.objects.filter(uid=update.uid).exists()


def test_the_command_puts_an_alert_up_at_its_own_start(capsys):
    start = timezone.now() + dt.timedelta(hours=2)
    alert = make_alert(public=False)
    Alert.objects.update(starts=start)
    call_command("publish", "alert", alert.slug)
    assert f"public from {start:%Y-%m-%d %H:%M} UTC on" in capsys.readouterr().out
    assert not Entry.objects.public().filter(type="alert").exists()
    with time_machine.travel(start + dt.timedelta(minutes=1)):
        assert Entry.objects.public().filter(type="alert").exists()


# --- What cannot be without it ----------------------------------------------------------------


def test_the_page_that_deletes_a_situation_for_good_names_its_items(client):
    log_in(client, "chief", role="administrator")
    situation = make_situation()
    make_update("First walk", situation=situation, public=True)
    transitions.withdraw(situation, reason="")
    page = client.get(admin_url(situation, "purge")).content.decode()
    assert "Delete these permanently first: First walk." in page
    assert '<button type="submit" class="button' not in page


def test_a_situation_with_items_is_not_deleted_for_good(client):
    log_in(client, "chief", role="administrator")
    situation = make_situation()
    make_update("First walk", situation=situation)
    transitions.withdraw(situation, reason="")
    seen = {"digest": Situation.objects.get().seen_digest()}
    answer = client.post(admin_url(situation, "purge"), seen, follow=True)
    assert "Delete these permanently first: First walk." in messages_for(answer)
    assert Situation.objects.exists()
