"""The deeds as staff do them at the desk: what each button does, says and refuses, and for whom it is there."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from audit.models import Event
from publishing.models import Entry, Release
from publishing.workflow import transitions
from situations.models import Alert
from tests.support.desk_client import admin_url, log_in, messages_for, read_form, say_seen, submit_form
from tests.support.factories import (
    approve_item,
    make_alert,
    make_situation,
    make_staff,
    make_story,
    make_update,
    publish_item,
)
from updates.models import Update

pytestmark = pytest.mark.django_db


def fresh(item):
    return type(item).objects.get(pk=item.pk)


def do(client, item, deed, **answers):
    """Opens the page of a deed and presses its button; returns what comes after."""
    return client.post(admin_url(item, deed), read_form(client, admin_url(item, deed)) | answers, follow=True)


def buttons(client, item):
    shown = client.get(admin_url(item)).context
    return {deed.name for deed in [*shown["saving"], *(deed for deed, _address in shown["leading"])]}


def public(client, item):
    return client.get(f"/en/belarus/updates/{item.slug}/")


def test_the_first_publishing_is_one_press_and_says_where_it_stands(client):
    log_in(client)
    update = make_update("Draft")
    answer = submit_form(client, admin_url(update), "_publish", title_en="As published")
    assert f'<a href="/en/belarus/updates/{update.slug}/">' in messages_for(answer)
    assert "As published" in public(client, update).content.decode()


def test_a_refusal_says_every_reason_and_keeps_what_was_typed(client):
    log_in(client)
    update = make_update(situation=make_situation("other", public=False, title_en="Other"))
    answer = submit_form(client, admin_url(update), "_publish", title_en="Typed words")
    assert "Its situation is not published yet" in messages_for(answer)
    assert 'value="Typed words"' in answer.content.decode()


def test_publishing_again_asks_whether_the_meaning_changed(client):
    log_in(client)
    update = make_update("As published", public=True)
    answer = submit_form(client, admin_url(update), "_publish", title_en="As edited")
    assert "Did the meaning change?" in answer.content.decode()
    assert "As published" in public(client, update).content.decode()


def test_a_correction_note_stands_on_the_public_page(client):
    log_in(client)
    update = make_update("As published", public=True)
    submit_form(client, admin_url(update), "_save", title_en="As corrected")
    do(client, update, "publish", meaning="yes", note_en="The number was wrong.")
    page = public(client, update).content.decode()
    assert "As corrected" in page
    assert "The number was wrong." in page


def test_a_change_in_meaning_without_a_note_is_not_published(client):
    log_in(client)
    update = make_update("As published", public=True)
    submit_form(client, admin_url(update), "_save", title_en="As corrected")
    answer = do(client, update, "publish", meaning="yes")
    assert "Say below what was corrected" in answer.content.decode()
    assert "As published" in public(client, update).content.decode()


def test_publishing_what_readers_already_see_makes_no_release(client):
    log_in(client)
    update = make_update(public=True)
    answer = submit_form(client, admin_url(update), "_publish")
    assert "Nothing has changed since it was published." in messages_for(answer)


def test_a_scheduled_update_appears_at_its_time(client):
    log_in(client)
    update = make_update("Tomorrow")
    at = timezone.now() + dt.timedelta(days=1)
    answer = do(client, update, "schedule", at_0=f"{at:%Y-%m-%d}", at_1=f"{at:%H:%M}")
    assert "It will be public on" in messages_for(answer)
    assert "UTC" in messages_for(answer)
    assert public(client, update).status_code == 404
    with time_machine.travel(at + dt.timedelta(minutes=1)):
        assert public(client, update).status_code == 200


def test_a_time_that_has_passed_is_refused(client):
    log_in(client)
    update = make_update()
    answer = do(client, update, "schedule", at_0="2020-01-01", at_1="10:00")
    assert "That time has passed." in answer.content.decode()
    assert not Entry.objects.filter(uid=update.uid).exists()


def test_a_contributor_withdraws_with_two_presses_and_no_reason(client):
    update = make_update(public=True)
    log_in(client, "contributor", role="contributor")
    page = client.get(admin_url(update, "withdraw")).content.decode()
    assert "It is removed at once" in page
    assert "autofocus>Withdraw</button>" in page
    assert "Withdrawn: it is no longer public" in messages_for(do(client, update, "withdraw"))
    assert public(client, update).status_code == 410


def test_withdrawing_a_situation_says_how_much_goes_with_it(client):
    situation = make_situation()
    make_update(situation=situation, public=True)
    make_update(situation=situation, public=True)
    log_in(client)
    page = client.get(admin_url(situation, "withdraw")).content.decode()
    assert "2 published items in this situation will also be withdrawn." in page


def test_opening_the_page_of_a_deed_does_nothing(client):
    log_in(client)
    update = make_update(public=True)
    for deed in ("withdraw", "publish", "schedule"):
        assert client.get(admin_url(update, deed)).status_code == 200
    assert fresh(update).status == "published"


def test_an_author_is_told_that_somebody_else_approves(client):
    author = log_in(client)
    story = make_story(by=author)
    transitions.submit(story)
    page = client.get(admin_url(story)).content.decode()
    assert "somebody else has to approve it" in page
    assert "approve" not in buttons(client, story)


def test_an_author_who_opens_the_page_all_the_same_cannot_approve(client):
    author = log_in(client)
    story = make_story(by=author)
    transitions.submit(story)
    client.post(admin_url(story, "approve"), {"digest": fresh(story).seen_digest()})
    assert fresh(story).status == "in_review"


def test_what_was_changed_after_the_approver_looked_is_not_approved(client):
    story = make_story(by=make_staff("author", role="contributor"))
    transitions.submit(story)
    log_in(client, "approver")
    seen = read_form(client, admin_url(story, "approve"))
    type(story).objects.filter(pk=story.pk).update(version=7)
    answer = client.post(admin_url(story, "approve"), seen)
    assert "changed it after you opened this page" in answer.content.decode()
    assert fresh(story).status == "in_review"


def test_a_second_person_approves_and_only_then_it_can_be_published(client):
    story = make_story(by=make_staff("author", role="contributor"))
    log_in(client, "approver")
    assert "publish" not in buttons(client, story)
    transitions.submit(story)
    do(client, story, "approve")
    assert "publish" in buttons(client, fresh(story))
    submit_form(client, admin_url(story), "_publish")
    assert fresh(story).status == "published"


def test_the_author_reads_the_comment_above_the_text(client):
    story = make_story(by=make_staff("author", role="contributor"))
    transitions.submit(story)
    log_in(client, "approver")
    do(client, story, "return", comment="The content note is missing.")
    log_in(client, "author", role="contributor")
    assert "The content note is missing." in client.get(admin_url(story)).content.decode()
    transitions.submit(story)
    assert "The content note is missing." not in client.get(admin_url(story)).content.decode()


def test_who_may_only_read_is_offered_nothing_and_refused_when_asking(client):
    log_in(client, "translator", role="translator")
    update = make_update()
    assert buttons(client, update) == set()
    for deed in ("submit", "publish", "schedule", "withdraw", "approve", "return"):
        assert client.post(admin_url(update, deed)).status_code == 403
    assert client.post(admin_url(update), {"_publish": "1"}).status_code == 403
    assert fresh(update).status == "draft"


def test_handing_in_saves_first(client):
    log_in(client, "contributor", role="contributor")
    update = make_update()
    submit_form(client, admin_url(update), "_submit", title_en="Ready")
    assert (fresh(update).status, fresh(update).title_en) == ("in_review", "Ready")


def test_a_deed_that_somebody_else_has_done_is_not_done_twice(client):
    log_in(client)
    update = make_update(public=True)
    seen = read_form(client, admin_url(update, "withdraw"))
    transitions.withdraw(update, reason="")
    assert "Its status is “Withdrawn”" in messages_for(client.post(admin_url(update, "withdraw"), seen, follow=True))
    assert Event.objects.filter(verb__endswith="withdrawn").count() == 1


def test_only_an_administrator_deletes_for_good(client):
    update = make_update("Marker")
    log_in(client)
    assert client.post(admin_url(update, "purge")).status_code == 403
    log_in(client, "admin", role="administrator")
    assert "Deleted permanently." in messages_for(do(client, update, "purge"))
    assert not Update.objects.filter(pk=update.pk).exists()
    assert not Update.history.filter(title_en="Marker").exists()


def test_nobody_deletes_past_the_workflow(client):
    log_in(client, "admin", role="administrator")
    update = make_update()
    assert client.post(admin_url(update, "delete"), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": update.pk, "post": "yes"}
    client.post("/admin/updates/update/", data)
    assert Update.objects.filter(pk=update.pk).exists()


def test_djangos_own_log_keeps_no_title(client):
    account = log_in(client)
    submit_form(client, admin_url(make_update()), title_en="Marker")
    assert not account.logentry_set.exists()


# --- Many at once ------------------------------------------------------------------------------


def choose(client, action, *items, **more):
    data = {"action": action, "_selected_action": [item.pk for item in items], "index": "0"}
    return client.post("/admin/updates/update/", data | say_seen(*items) | more, follow=True)


def test_withdrawing_many_asks_on_a_page_that_names_them(client):
    log_in(client)
    items = [make_update("One", public=True), make_update("Two", public=True)]
    page = choose(client, "withdraw_all", *items).content.decode()
    assert "One" in page
    assert "It is removed at once" in page
    assert Entry.objects.filter(uid=items[0].uid).exists()


def test_many_are_withdrawn_together(client):
    log_in(client)
    items = [make_update("One", public=True), make_update("Two", public=True)]
    choose(client, "withdraw_all", *items, confirmed="yes", reason="asked")
    assert not Entry.objects.filter(uid__in=[item.uid for item in items]).exists()


def test_one_that_is_refused_does_not_hold_back_the_others(client):
    log_in(client)
    good, bad = make_update("Good"), make_update("Bad", situation=make_situation("other", public=False))
    answer = choose(client, "publish_all", good, bad, confirmed="yes")
    assert fresh(good).status == "published"
    assert "Bad: Its situation is not published yet" in messages_for(answer)


def test_a_list_publishes_no_correction_unasked(client):
    log_in(client)
    update = make_update("As published", public=True)
    submit_form(client, admin_url(update), title_en="As edited")
    assert "Publish it on its own page" in messages_for(choose(client, "publish_all", update, confirmed="yes"))
    assert "As published" in public(client, update).content.decode()


def test_a_list_publishes_no_testimony_without_a_second_person(client):
    log_in(client)
    story = make_story()
    data = {"action": "publish_all", "_selected_action": story.pk, "index": "0", "confirmed": "yes"} | say_seen(story)
    answer = client.post("/admin/stories/survivorstory/", data, follow=True)
    assert "A second person" in messages_for(answer)
    assert fresh(story).status == "draft"


def test_who_may_only_read_finds_no_deed_in_the_list(client):
    log_in(client, "translator", role="translator")
    update = make_update()
    choose(client, "publish_all", update, confirmed="yes")
    assert fresh(update).status == "draft"


# --- Alerts ------------------------------------------------------------------------------------


def test_one_person_puts_an_alert_up_at_once(client):
    make_situation()
    log_in(client, "contributor", role="contributor")
    ends = timezone.now() + dt.timedelta(hours=5)
    changes = {"sentence_en": "Internet is down", "ends_0": f"{ends:%Y-%m-%d}", "ends_1": f"{ends:%H:%M}"}
    submit_form(client, "/admin/situations/alert/add/", "_publish", **changes)
    assert "Internet is down" in client.get("/en/").content.decode()


def test_an_alert_needs_an_end(client):
    log_in(client)
    answer = submit_form(client, "/admin/situations/alert/add/", "_publish", sentence_en="Internet is down")
    assert answer.context["adminform"].form.errors["ends"]
    assert not Alert.objects.exists()


def test_an_alert_may_wait_for_its_start(client):
    log_in(client)
    alert = make_alert(public=False)
    at = timezone.now() + dt.timedelta(hours=2)
    submit_form(client, admin_url(alert), "_schedule", starts_0=f"{at:%Y-%m-%d}", starts_1=f"{at:%H:%M}")
    assert not Entry.objects.public().filter(type="alert").exists()
    with time_machine.travel(at + dt.timedelta(minutes=1)):
        assert Entry.objects.public().filter(type="alert").exists()


def test_the_organisation_is_one_and_its_list_leads_straight_to_it(client):
    log_in(client)
    assert client.get("/admin/situations/organisation/")["Location"] == "/admin/situations/organisation/add/"


def test_every_release_is_listed_with_who_and_when(client):
    log_in(client, "anna")
    story = publish_item(approve_item(make_story(), by=make_staff("boris")), by=make_staff("anna"))
    page = client.get(admin_url(story)).content.decode()
    assert "What was published" in page
    assert '>anna</td><td data-called="Approved by">boris</td>' in page


def test_publishing_from_a_second_tab_makes_no_second_release(client):
    log_in(client)
    update = make_update()
    page = admin_url(update, "publish")
    second_tab = read_form(client, page)
    submit_form(client, page)
    answer = client.post(page, second_tab, follow=True)
    assert "Nothing has changed since it was published." in answer.content.decode()
    assert Release.objects.of(update.uid).count() == 1


def test_the_page_of_publishing_says_what_is_missing_where_nobody_approved_yet(client):
    story = make_story(consent=False)
    log_in(client)
    page = client.get(admin_url(story, "publish")).content.decode()
    assert "There is no record of consent" in page
    assert "A second person" in page
    assert '<button type="submit" class="button' not in page


def test_the_page_for_many_says_what_is_missing_for_each(client):
    story = make_story(consent=False)
    log_in(client)
    chosen = {"action": "publish_all", "_selected_action": story.pk, "index": "0"}
    page = client.post("/admin/stories/survivorstory/", chosen).content.decode()
    assert "There is no record of consent" in page
    assert '<button type="submit" class="button' not in page


def test_no_stray_enter_deletes_for_good(client):
    log_in(client, "chief", role="administrator")
    assert "autofocus" not in client.get(admin_url(make_update(), "purge")).content.decode()
