"""What the safety check found: shown beside the text, looked at once, never in the way of anybody."""

import pytest

from audit.models import Event
from publishing.models import Acknowledgement, Entry
from publishing.workflow import transitions
from tests.support.desk_client import admin_url, log_in, messages_for, read_form, say_seen, submit_form
from tests.support.factories import make_alert, make_staff, make_story, make_update, save_item
from updates.models import Attachment, Update

pytestmark = pytest.mark.django_db
PHONE = "Ring the lawyer: 202-555-0147."
MAIL = "Write to witness.k@example.com."


@pytest.fixture
def editor(client):
    return log_in(client, "anna")


def found(response):
    return [(one.finding.kind, one.finding.excerpt, one.place.field) for one in response.context["found"]]


def marks(response):
    return [one.mark for one in response.context["found"]]


def fresh(item):
    return type(item).objects.get(pk=item.pk)


def test_what_is_found_stands_beside_the_text_after_saving(client, editor):
    answer = submit_form(client, admin_url(make_update()), summary_en=PHONE)
    assert "Saved." in messages_for(answer)
    assert found(answer) == [("phone", "202-555-0147", "summary_en")]
    assert "202-555-0147" in answer.context["adminform"].form.fields["summary_en"].help_text


def test_why_it_matters_is_said(client, editor):
    page = submit_form(client, admin_url(make_update()), summary_en=PHONE).content.decode()
    assert "It leads to one person, and to where that person is." in page


@pytest.mark.parametrize(
    "field", ["title_fr", "body_ar", "summary_ru", "subtitle_be", "picture_alt_es", "picture_credit_en"]
)
def test_every_language_and_the_words_of_pictures_are_read(client, editor, field):
    assert found(client.get(admin_url(make_update(**{field: MAIL})))) == [("email", "witness.k@example.com", field)]


@pytest.mark.parametrize("field", ["original_body", "original_title", "body_en", "content_note_fr"])
def test_testimonies_are_read_with_their_original(client, editor, field):
    story = make_story(**({"title": MAIL} if field == "original_title" else {field: MAIL}))
    assert found(client.get(admin_url(story)))[0][2] == field


def test_addresses_and_titles_of_documents_are_read(client, editor):
    update = make_update(url="https://example.org/a?utm_source=mail")
    Attachment.objects.create(
        update=update, title=MAIL, language="en", name="x.pdf", size=1, pages=1, sha256="0" * 64
    )  # fmt: skip
    kinds = {(kind, field) for kind, _words, field in found(client.get(admin_url(update)))}
    assert kinds == {("tracking", "url"), ("email", "")}


def test_a_form_that_is_refused_shows_what_was_found_in_what_was_typed(client, editor):
    answer = submit_form(client, admin_url(make_update()), title_en="", summary_en=PHONE)
    assert "202-555-0147" in answer.context["adminform"].form.fields["summary_en"].help_text


def test_what_was_ticked_is_not_asked_again(client, editor):
    update = make_update(summary_en=PHONE)
    answer = submit_form(client, admin_url(update), seen=marks(client.get(admin_url(update))))
    assert found(answer) == []
    assert found(submit_form(client, admin_url(update), title_en="Other")) == []


def test_one_tick_does_for_all_that_are_listed(client, editor):
    update = make_update(summary_en=PHONE, body_en=MAIL)
    assert found(submit_form(client, admin_url(update), seen="all")) == []


def test_a_tick_for_all_does_not_hold_for_what_was_not_on_the_page(client, editor):
    update = make_update(summary_en=PHONE)
    answer = submit_form(client, admin_url(update), seen="all", body_en=MAIL)
    assert [kind for kind, _words, _field in found(answer)] == ["email"]


def test_other_words_are_asked_about(client, editor):
    update = make_update(summary_en=PHONE)
    submit_form(client, admin_url(update), seen="all")
    assert found(submit_form(client, admin_url(update), summary_en=PHONE.replace("0147", "0148")))


def test_the_same_words_in_another_item_are_asked_about(client, editor):
    submit_form(client, admin_url(make_update(summary_en=PHONE)), seen="all")
    assert found(client.get(admin_url(make_update(summary_en=PHONE))))


def test_a_tick_for_what_is_not_there_does_nothing(client, editor):
    submit_form(client, admin_url(make_update()), seen=["0" * 32, "all"], listed=["1" * 32])
    assert not Acknowledgement.objects.exists()
    assert not Event.objects.filter(verb__endswith="acknowledged").exists()


def test_the_log_keeps_kind_and_number_and_no_word(client, editor):
    update = make_update(summary_en=f"{PHONE} Or 202-555-0199.", body_en=MAIL)
    submit_form(client, admin_url(update), seen="all")
    event = Event.objects.get(verb="update.acknowledged")
    assert (event.actor, event.detail) == ("anna", {"email": 1, "phone": 2})
    rows = str([*Acknowledgement.objects.values(), *Event.objects.values()])
    # Three of its digits stand in many a digest and time; these do not.
    assert not [part for part in ("-555-", "5550147", "5550199", "2025550", "lawyer") if part in rows]


def test_who_may_not_change_the_text_is_not_asked(client):
    log_in(client, "reader", role="newsletter")
    update = make_update(summary_en=PHONE)
    assert client.get(admin_url(update)).context["found"] == []


# --- Never in the way -------------------------------------------------------------------------


def test_publishing_from_the_form_shows_the_page_first_and_then_does_it(client, editor):
    update = make_update(summary_en=PHONE)
    answer = submit_form(client, admin_url(update), "_publish")
    assert answer.redirect_chain[-1][0] == admin_url(update, "publish")
    assert "202-555-0147" in answer.content.decode()
    client.post(admin_url(update, "publish"), read_form(client, admin_url(update, "publish")))
    assert fresh(update).status == "published"


def test_ticks_on_the_page_of_publishing_are_remembered(client, editor):
    update = make_update(summary_en=PHONE)
    client.post(admin_url(update, "publish"), read_form(client, admin_url(update, "publish")) | {"seen": "all"})
    assert Event.objects.get(verb="update.acknowledged").detail == {"phone": 1}
    assert found(client.get(admin_url(update))) == []


def test_without_findings_publishing_stays_one_press(client, editor):
    update = make_update(summary_en="Nothing of the kind.")
    submit_form(client, admin_url(update), "_publish")
    assert fresh(update).status == "published"


def test_an_alert_with_a_finding_is_up_after_one_more_press(client, editor):
    alert = make_alert("Call 202-555-0147 for help", public=False)
    submit_form(client, admin_url(alert), "_publish")
    client.post(admin_url(alert, "publish"), read_form(client, admin_url(alert, "publish")))
    assert Entry.objects.public().filter(uid=alert.uid).exists()


def test_an_approver_sees_what_nobody_looked_at(client):
    story = make_story(body_en=PHONE, by=make_staff("author"))
    transitions.submit(story)
    log_in(client, "second")
    assert "202-555-0147" in client.get(admin_url(story, "approve")).content.decode()


def test_a_tick_neither_changes_the_item_nor_ends_its_approval(client, editor):
    story = make_story(body_en=PHONE, by=make_staff("author"))
    transitions.submit(story)
    transitions.approve(story, by=make_staff("second"))
    submit_form(client, admin_url(story), seen="all")
    assert fresh(story).status == "approved"
    assert fresh(story).version == story.version


def test_a_tick_does_not_hide_the_comment_of_who_returned_it(client, editor):
    story = make_story(body_en=PHONE, by=make_staff("author"))
    transitions.submit(story)
    transitions.return_to_author(story, by=make_staff("second"), comment="Too long.")
    assert "Too long." in submit_form(client, admin_url(story), seen="all").content.decode()


@pytest.mark.parametrize("route", ["command", "list"])
def test_lists_and_commands_are_not_held_up(client, editor, route):
    update = make_update(summary_en=PHONE)
    if route == "command":
        transitions.publish(update)
    chosen = {"action": "publish_all", "_selected_action": update.pk, "index": "0", "confirmed": "yes"} | say_seen(
        update
    )
    client.post("/admin/updates/update/", chosen)
    assert fresh(update).status == "published"


def test_the_page_for_many_says_how_much_nobody_looked_at(client, editor):
    update = make_update(summary_en=PHONE)
    chosen = {"action": "publish_all", "_selected_action": update.pk, "index": "0"}
    assert "1 passage not reviewed yet." in client.post("/admin/updates/update/", chosen).content.decode()


def test_purging_forgets_what_was_looked_at(client, editor):
    update = make_update(summary_en=PHONE)
    submit_form(client, admin_url(update), seen="all")
    transitions.purge(Update.objects.get(pk=update.pk), by=make_staff("chief", role="administrator"))
    assert not Acknowledgement.objects.exists()


def test_saving_with_findings_in_six_languages_asks_the_database_little(client, editor, django_assert_max_num_queries):
    words = {f"summary_{code}": PHONE for code in ("en", "fr", "es", "ru", "be", "ar")}
    update = save_item(make_update(**words))
    data = read_form(client, admin_url(update)) | {"title_en": "Other", "_save": "1"}
    with django_assert_max_num_queries(40):
        client.post(admin_url(update), data)
