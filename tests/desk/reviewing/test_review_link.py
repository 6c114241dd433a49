"""A link for a reviewer without account: what it shows to whom, when it ends, and what becomes of an answer."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from audit.models import Event
from desk.models import ReviewAnswer, ReviewLink
from desk.reviewing import links
from publishing.workflow import transitions
from staff.lockdown import lock_down
from tests.support.desk_client import FormParser, admin_url, log_in, messages_for, read_form
from tests.support.factories import make_organisation, make_staff, make_story, make_update

pytestmark = pytest.mark.django_db
MARK = "Zweifelsfrei"
BOTS = ["TelegramBot (like TwitterBot)", "WhatsApp/2.23", "facebookexternalhit/1.1", "Slackbot-LinkExpanding 1.0"]


@pytest.fixture
def update():
    make_organisation()
    return make_update(MARK, title_ru="Как написано", body_en=f"<p>{MARK} words</p>", slug="zweifel")


def make(item, **options):
    """The path of a new link for an item."""
    wanted = {"languages": ["en"], "hours": 24, "for_whom": "lawyer", "by": make_staff()} | options
    return f"/review/{links.create_review_link(item, **wanted)[1]}/"


def read(client, path, language="en"):
    return client.post(path, {"language": language})


def answer(client, path, **answers):
    """Presses the button, fills in the form below the text and sends it."""
    form = FormParser(read(client, path).content.decode()).data
    sent = {name: values for name, values in form.items() if name}
    return client.post(path, sent | {"name": "Ana", "verdict": "fine", "words": ""} | answers)


# --- Before the button ------------------------------------------------------------------------


@pytest.mark.parametrize("agent", BOTS)
@pytest.mark.parametrize("method", ["get", "head"])
def test_what_unfurls_a_link_gets_no_word_of_the_item(client, update, agent, method):
    page = getattr(client, method)(make(update), headers={"user-agent": agent})
    assert page.status_code == 200
    assert not re.search(f"{MARK}|zweifel|lawyer", page.content.decode(), re.IGNORECASE)


def test_a_get_changes_nothing(client, update):
    path = make(update)
    before = Event.objects.count()
    for _time in range(3):
        client.get(path)
        client.head(path)
    assert Event.objects.count() == before
    assert ReviewLink.objects.get().opened_at is None


@pytest.mark.parametrize("language", ["fr", "xx", "en\0", "", "en\r\nX: y"])
def test_a_language_that_was_not_given_shows_nothing(client, update, language):
    page = read(client, make(update), language)
    assert page.status_code == 400
    assert MARK not in page.content.decode()


def test_no_answer_sets_a_cookie_or_may_be_kept(client, update):
    path = make(update)
    for page in (client.get(path), read(client, path), answer(client, path), client.get("/review/nothing/")):
        assert not page.cookies
        assert "no-store" in page["Cache-Control"]
        assert "noindex" in page["X-Robots-Tag"]
        assert page["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
        assert "script-src" not in page["Content-Security-Policy"]


def test_the_address_is_long_enough_and_only_its_digest_is_kept(update):
    token = make(update).split("/")[2]
    assert len(token) >= 43
    assert token not in str(ReviewLink.objects.values_list())
    assert token not in str(Event.objects.values_list())


# --- After it ---------------------------------------------------------------------------------


def test_after_the_button_the_public_page_of_the_draft_is_shown_marked_as_a_draft(client, update):
    page = read(client, make(update)).content.decode()
    assert f"<h1>{MARK}</h1>" in page
    assert 'class="masthead"' in page
    assert page.count("Draft: not public") == 2


def test_each_given_language_can_be_read(client, update):
    path = make(update, languages=["en", "ru"])
    page = read(client, path, "ru").content.decode()
    assert '<html lang="ru"' in page
    assert "Как написано" in page


def test_a_testimony_can_be_given_to_read(client):
    page = read(client, make(make_story("Сведчанне", original_body="<p>Словы</p>"))).content.decode()
    assert "Словы" in page


def test_the_page_leads_nowhere_with_the_address(client, update):
    path = make(update)
    assert path.split("/")[2] not in read(client, path).content.decode()


def test_the_first_opening_is_logged_once(client, update):
    path = make(update)
    read(client, path)
    read(client, path)
    opened = Event.objects.get(verb="update.review_opened")
    assert opened.actor == f"review link {ReviewLink.objects.get().pk}"


def test_a_link_can_be_read_only_so_often(client, update):
    path = make(update)
    answers = {read(client, path).status_code for _time in range(61)}
    assert answers == {200, 429}


# --- Files ------------------------------------------------------------------------------------


@pytest.fixture
def pictured(update):
    name = default_storage.save("b" * 40 + ".jpg", ContentFile(b"pixels"))
    drawn = {"name": name, "type": "image/jpeg", "width": 800, "height": 600, "size": 6}
    update.picture, update.picture_alt_en = {"renditions": [drawn], "width": 800, "height": 600}, "A corridor"
    update.save()
    yield update
    default_storage.delete(name)


def file_of(client, path):
    return re.search(r"/review/file/[^/\"]+/", read(client, path).content.decode())[0]


def test_a_picture_of_the_draft_is_fetched_by_the_page_that_shows_it(client, pictured):
    picture = client.get(file_of(client, make(pictured)))
    assert picture.content == b"pixels"
    assert "no-store" in picture["Cache-Control"]
    assert "sandbox" in picture["Content-Security-Policy"]


def test_the_address_of_a_picture_ends_within_the_hour(client, pictured):
    file = file_of(client, make(pictured))
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61)):
        assert client.get(file).status_code == 404


def test_the_address_of_a_picture_ends_with_its_link(client, pictured):
    file = file_of(client, make(pictured))
    links.revoke_review_link(ReviewLink.objects.get(), pictured, by=make_staff())
    assert client.get(file).status_code == 404


@pytest.mark.parametrize("ticket", ["x", "WzEsImEiXQ:1:2", "%00", "%0d%0a"])
def test_a_made_up_ticket_fetches_nothing(client, pictured, ticket):
    assert client.get(f"/review/file/{ticket}/").status_code == 404


# --- When it ends -----------------------------------------------------------------------------


def test_what_is_over_revoked_withdrawn_or_never_was_looks_the_same(client, update):
    paths = {name: make(update) for name in ("over", "revoked")}
    links.revoke_review_link(ReviewLink.objects.first(), update, by=make_staff())
    gone = make_update("Gone", public=True)
    paths["withdrawn"] = make(gone)
    transitions.withdraw(gone, reason="")
    nothing = client.get("/review/" + "x" * 43 + "/")
    with time_machine.travel(timezone.now() + dt.timedelta(hours=24, seconds=1)):
        for name, path in paths.items():
            for page in (client.get(path), read(client, path)):
                assert page.status_code == nothing.status_code == 404, name
                assert page.content == nothing.content, name
                assert dict(page.headers) == dict(nothing.headers), name


def test_a_link_never_lives_longer_than_three_days(client, update):
    path = make(update, hours=1000)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=72, seconds=1)):
        assert read(client, path).status_code == 404


def test_a_withdrawal_ends_the_links_that_were_given_before_it(client):
    update = make_update("Public", public=True)
    before = make(update)
    transitions.withdraw(update, reason="")
    assert read(client, before).status_code == 404
    assert read(client, make(update)).status_code == 200


def test_purging_destroys_links_and_answers(client, update):
    answer(client, make(update), words="a secret")
    transitions.purge(update, by=None)
    assert not ReviewLink.objects.exists()
    assert not ReviewAnswer.objects.exists()


def test_a_link_ends_with_the_account_that_gave_it(client, update):
    path = make(update)
    make_staff().__class__.objects.update(is_active=False)
    assert read(client, path).status_code == 404


def test_no_link_works_while_the_desk_is_closed(client, update):
    path = make(update)
    lock_down(by="operator")
    assert read(client, path).status_code == 404


@pytest.mark.parametrize("token", ["%00", "%ff%fe", "a%0d%0aSet-Cookie:x", "x" * 4000, "ไ" * 40, "file"])
def test_any_other_address_is_answered_like_an_unknown_one(client, token):
    assert client.get(f"/review/{token}/").status_code == 404
    assert client.post(f"/review/{token}/", {"language": "en"}).status_code == 404


# --- Answers ----------------------------------------------------------------------------------


def test_an_answer_stands_on_the_form_of_the_item(client, update):
    path = make(update)
    assert "Thank you" in answer(client, path, verdict="comment", words="Paragraph 2 is wrong.").content.decode()
    log_in(client)
    page = client.get(admin_url(update)).content.decode()
    assert "Paragraph 2 is wrong." in page
    assert "Something should be changed first" in page
    assert "It does not count as approval by a second person." in page


def test_an_answer_is_logged_without_its_words_and_name(client, update):
    answer(client, make(update), name="Name Of Hers", words="a secret")
    event = Event.objects.get(verb="update.review_answered")
    assert event.detail["verdict"] == "fine"
    assert not re.search("secret|Name Of Hers", str(Event.objects.values_list()))


def test_a_reviewers_approval_is_none(client):
    story = make_story()
    transitions.submit(story)
    answer(client, make(story))
    assert ReviewAnswer.objects.get().verdict == "fine"
    assert transitions.get_approver(story) is None
    with pytest.raises(transitions.TransitionRefused):
        transitions.publish(story)


def test_an_answer_about_an_earlier_wording_says_so(client, update):
    answer(client, make(update))
    log_in(client)
    assert "The text has changed since." not in client.get(admin_url(update)).content.decode()
    update.title_en = "Another"
    update.save()
    assert "The text has changed since." in client.get(admin_url(update)).content.decode()


def test_an_answer_without_having_read_is_not_taken(client, update):
    path = make(update)
    sent = {"language": "en", "seen": "made up", "name": "Ana", "verdict": "fine"}
    assert "Read it again" in client.post(path, sent).content.decode()
    assert not ReviewAnswer.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 81), ("name", "a\0b"), ("name", "\u202e"), ("words", "x" * 2001), ("verdict", "yes")],
)
def test_an_incomplete_answer_comes_back_below_the_text_with_what_was_written(client, update, field, value):
    page = answer(client, make(update), **{"words": "Kept words", field: value}).content.decode()
    assert "Not sent yet:" in page
    assert MARK in page
    assert field == "words" or "Kept words" in page
    assert not ReviewAnswer.objects.exists()


def test_an_answer_is_cleaned_on_its_way_in(client, update):
    answer(client, make(update), name="Ana\r\nX-Header: 1", words="<script>\u202eone\r\n\r\n\r\n\r\ntwo")
    kept = ReviewAnswer.objects.get()
    assert kept.name == "Ana X-Header: 1"
    assert kept.words == "<script>one\n\ntwo"
    log_in(client)
    assert "<script>one" not in client.get(admin_url(update)).content.decode()


def test_the_same_answer_sent_twice_is_kept_once(client, update):
    path = make(update)
    answer(client, path)
    answer(client, path)
    assert ReviewAnswer.objects.count() == 1


def test_one_link_takes_only_so_many_answers(client, update):
    path = make(update)
    for number in range(links.MAX_ANSWERS + 1):
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=number * 2)):
            page = answer(client, path, name=f"Ana {number}")
    assert page.status_code == 429
    assert ReviewAnswer.objects.count() == links.MAX_ANSWERS


def test_a_returned_draft_keeps_its_comment_when_a_reviewer_answers(client, update):
    transitions.submit(update)
    transitions.return_to_author(update, by=make_staff(), comment="Mend the date.")
    answer(client, make(update))
    log_in(client)
    assert "Mend the date." in client.get(admin_url(update)).content.decode()


# --- At the desk ------------------------------------------------------------------------------


def test_a_link_is_made_at_the_desk_and_shown_once(client, update):
    log_in(client)
    page = admin_url(update, "review")
    made = client.post(page, read_form(client, page) | {"for_whom": "lawyer", "hours": "2", "languages": ["en", "ru"]})
    path = re.search(r"/review/[\w-]{43}/", made.content.decode())[0]
    assert MARK in read(Client(), path).content.decode()
    again = client.get(page).content.decode()
    assert path not in again
    assert "lawyer" in again
    assert "First opened" in again
    link = ReviewLink.objects.get()
    assert link.ends_at - link.made_at == dt.timedelta(hours=2)


@pytest.mark.parametrize(
    ("field", "value"), [("hours", "73"), ("hours", "0"), ("languages", ["xx"]), ("languages", []), ("for_whom", " ")]
)
def test_a_link_is_not_made_of_bad_answers(client, update, field, value):
    log_in(client)
    page = admin_url(update, "review")
    client.post(page, read_form(client, page) | {"for_whom": "lawyer", field: value})
    assert not ReviewLink.objects.exists()


def test_a_link_is_revoked_at_the_desk(client, update):
    path = make(update)
    log_in(client)
    answered = client.post(admin_url(update, f"review/{ReviewLink.objects.get().pk}/revoke"), follow=True)
    assert "Revoked" in messages_for(answered)
    assert "revoked" in answered.content.decode()
    assert Client().get(path).status_code == 404
    assert Event.objects.filter(verb="update.review_revoked").exists()


@pytest.mark.parametrize("role", ["translator", "newsletter", "auditor"])
def test_who_may_not_change_an_item_gives_no_link_to_it(client, update, role):
    make(update)
    log_in(client, role, role=role)
    assert client.get(admin_url(update, "review")).status_code == 403
    revoke = admin_url(update, f"review/{ReviewLink.objects.get().pk}/revoke")
    assert client.post(revoke).status_code == 403
    assert ReviewLink.objects.get().revoked_at is None


def test_a_link_of_another_item_is_not_revoked_here(client, update):
    make(make_update("Other"))
    log_in(client)
    assert client.post(admin_url(update, f"review/{ReviewLink.objects.get().pk}/revoke")).status_code == 404


def test_the_background_worker_forgets_a_link_before_a_month_is_over_and_not_earlier(update, work_off):
    make(update, hours=1)
    link = ReviewLink.objects.get()
    with time_machine.travel(link.ends_at + dt.timedelta(days=28, hours=23)):
        work_off()
        assert ReviewLink.objects.exists()
    with time_machine.travel(link.ends_at + dt.timedelta(days=29, minutes=1)):
        work_off()
    assert not ReviewLink.objects.exists()


def test_the_worker_comes_back_for_the_links_that_are_left(update, work_off):
    make(update, hours=1)
    make(update, hours=72)
    later = ReviewLink.objects.first()
    for days in (29.1, 29 + 3):
        with time_machine.travel(later.made_at + dt.timedelta(days=days, hours=1)):
            work_off()
    assert not ReviewLink.objects.exists()
