"""A yes holds for the words it was given for and for one release of them, and for nothing that comes after."""

import datetime as dt

import pytest
from django.utils import timezone

from publishing.models import Approval, Entry, Release
from publishing.screening import names
from publishing.workflow import transitions
from publishing.workflow.transitions import TransitionRefused
from stories.models import SurvivorStory
from tests.support.desk_client import admin_url, log_in, messages_for, read_form, say_seen, submit_form
from tests.support.factories import (
    approve_item,
    look_at_consent_again,
    make_staff,
    make_story,
    make_update,
    publish_item,
    save_item,
)
from updates.models import Update

pytestmark = pytest.mark.django_db


def is_public(item):
    return Entry.objects.public().filter(uid=item.uid).exists()


def reword(story, title, *, by=None):
    story = SurvivorStory.objects.get(pk=story.pk)
    story.title_en = title
    return save_item(story, by=by)


def withdraw(item):
    transitions.withdraw(item, reason="the teller asked for it")
    return type(item).objects.get(pk=item.pk)


# --- One release ------------------------------------------------------------------------------


def test_earlier_words_that_are_brought_back_need_a_new_approval(client):
    story = make_story(title_en="With a name", public=True)
    first = Release.objects.of(story.uid).get()
    publish_item(approve_item(reword(story, "Without the name")))
    log_in(client, "contributor", role="contributor")
    address = admin_url(story, f"restore/{first.pk}")
    client.post(address, read_form(client, address))
    submit_form(client, admin_url(story), "_publish")
    assert SurvivorStory.objects.get().title_en == "With a name"
    assert Entry.objects.public().get(uid=story.uid, language="en").title == "Without the name"


def test_what_is_returned_to_its_author_is_approved_no_more():
    story = approve_item(make_story())
    transitions.return_to_author(story, by=make_staff("third"), comment="Wait.")
    with pytest.raises(TransitionRefused, match="second person"):
        transitions.publish(story)


def test_words_changed_and_changed_back_are_approved_no_more(client):
    story = approve_item(make_story(title_en="Approved"))
    log_in(client, "contributor", role="contributor")
    for title in ("Other", "Approved"):
        submit_form(client, admin_url(story), title_en=title)
    submit_form(client, admin_url(story), "_publish")
    assert not is_public(story)


def test_a_cancelled_schedule_ends_the_approval():
    story = approve_item(make_story())
    transitions.publish(story, at=timezone.now() + dt.timedelta(hours=1))
    transitions.unschedule(story)
    with pytest.raises(TransitionRefused, match="second person"):
        transitions.publish(story)


def test_the_same_words_may_go_out_earlier_than_they_were_scheduled():
    story = approve_item(make_story())
    transitions.publish(story, at=timezone.now() + dt.timedelta(hours=1))
    transitions.publish(story)
    assert is_public(story)


def test_a_name_that_was_allowed_is_asked_about_again_after_other_words_went_out():
    update = make_update("Siarhei Tsikhanchuk was there", by=make_staff("author"))
    names.add_listed_name("Siarhei Tsikhanchuk", by="anna")
    transitions.allow_names(update, by=make_staff("second"))
    publish_item(update)
    publish_item(save_item(rename(update, "He was there")))
    with pytest.raises(TransitionRefused, match="never to be published"):
        transitions.publish(save_item(rename(update, "Siarhei Tsikhanchuk was there")))
    assert not Approval.objects.exists()


def rename(update, title):
    update = Update.objects.get(pk=update.pk)
    update.title_en = title
    return update


# --- What was taken back ----------------------------------------------------------------------


def test_a_withdrawn_testimony_is_not_approved_before_its_consent_was_looked_at_again():
    story = withdraw(make_story(public=True))
    transitions.submit(story)
    with pytest.raises(TransitionRefused, match="whether the person still agrees"):
        transitions.approve(story, by=make_staff("second"))


def test_without_a_second_person_consent_is_looked_at_again_all_the_same(settings):
    settings.SECOND_PERSON = "none"
    story = withdraw(make_story(public=True))
    with pytest.raises(TransitionRefused, match="whether the person still agrees"):
        transitions.publish(story)


def test_the_form_asks_whether_the_person_still_agrees_and_then_a_second_person_may_approve(client):
    story = withdraw(make_story(public=True))
    log_in(client, "contributor", role="contributor")
    submit_form(client, admin_url(story), "_submit", **{"consent-0-still_agrees": "on"})
    transitions.approve(SurvivorStory.objects.get(), by=make_staff("second"))
    publish_item(SurvivorStory.objects.get())
    assert is_public(story)


def test_the_form_does_not_ask_where_nothing_was_withdrawn(client):
    story = make_story()
    log_in(client)
    assert "still_agrees" not in client.get(admin_url(story)).content.decode()


def test_a_consent_looked_at_after_one_withdrawal_does_not_count_after_the_next():
    story = publish_item(approve_item(look_at_consent_again(withdraw(make_story(public=True)))))
    story = withdraw(SurvivorStory.objects.get(pk=story.pk))
    assert "whether the person still agrees" in " ".join(map(str, story.blockers()))


def test_a_withdrawn_update_is_not_published_among_others(client):
    update = withdraw(make_update(public=True))
    log_in(client)
    chosen = {"action": "publish_all", "_selected_action": update.pk, "index": "0", "confirmed": "yes"}
    answer = client.post("/admin/updates/update/", chosen | say_seen(update), follow=True)
    assert "It was withdrawn. Publish it on its own page" in messages_for(answer)
    assert not is_public(update)


def test_a_withdrawn_update_that_was_handed_in_again_is_still_a_withdrawn_one(client):
    update = withdraw(make_update(public=True))
    transitions.submit(update)
    log_in(client)
    chosen = {"action": "publish_all", "_selected_action": update.pk, "index": "0", "confirmed": "yes"}
    client.post("/admin/updates/update/", chosen | say_seen(update))
    assert not is_public(update)


def test_the_publish_button_of_a_withdrawn_update_says_first_who_withdrew_it(client):
    update = make_update(public=True)
    transitions.withdraw(update, by=make_staff("carla"), reason="")
    log_in(client)
    page = submit_form(client, admin_url(update), "_publish")
    assert "carla withdrew it on" in page.content.decode()
    assert not is_public(update)
    client.post(admin_url(update, "publish"), read_form(client, admin_url(update, "publish")))
    assert is_public(update)
