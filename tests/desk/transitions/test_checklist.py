"""The list on the page of publishing: what is in the way, what is worth a look; and consents that run out."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone, translation
from playwright.sync_api import expect

from desk.transitions import checklist
from publishing.screening import names
from publishing.workflow import transitions
from stories.models import Consent
from tests.support.desk_client import admin_url, log_in, submit_form
from tests.support.factories import (
    PASSWORD,
    approve_item,
    make_alert,
    make_situation,
    make_staff,
    make_story,
    make_update,
    publish_item,
    save_item,
)
from updates.models import Attachment

pytestmark = pytest.mark.django_db
PICTURE = {"renditions": [{"name": "a.jpg", "type": "image/jpeg", "size": 1}], "width": 1, "height": 1}
LANGUAGES = ("en", "fr", "es", "ru", "be", "ar")


def line(item, label):
    """(state, its sentences as one text) of one line of the list."""
    [found] = [one for one in checklist.build_checklist(item) if one.label == label]
    return found.state, " ".join(map(str, found.sentences))


def today(days=0):
    return timezone.now().date() + dt.timedelta(days=days)


# --- The page ---------------------------------------------------------------------------------


def test_a_count_is_said_in_languages_that_write_one_and_two_as_words():
    update = make_update(body="<p>https://www.ohchr.org/a</p>")
    said = []
    for code in LANGUAGES:
        with translation.override(code):
            said += [sentence for one in checklist.build_checklist(update) for sentence in one.sentences]
    assert "رابط واحد، صيغته سليمة." in said


@pytest.mark.parametrize("deed", ["publish", "schedule"])
def test_the_page_lists_what_to_look_at_with_a_way_to_the_field(client, deed):
    log_in(client)
    update = make_update(date=today(400))
    page = client.get(admin_url(update, deed)).content.decode()
    assert "is in the future" in page
    assert f'<a href="{admin_url(update)}#id_date">' in page


def test_the_page_of_approving_shows_it_too(client):
    story = make_story(date=today(400), by=make_staff("author"))
    transitions.submit(story)
    log_in(client, "second")
    assert "is in the future" in client.get(admin_url(story, "approve")).content.decode()


def test_what_is_in_the_way_stands_first():
    update = make_update(situation=make_situation("other", public=False), date=today(400))
    states = [one.state for one in checklist.build_checklist(update)]
    assert states == sorted(states, key=["stop", "look", "ok"].index)
    assert (states[0], len(set(states))) == ("stop", 3)


def test_each_state_is_a_word_and_not_a_colour_alone(client):
    log_in(client)
    page = client.get(admin_url(make_update(date=today(400)), "publish")).content.decode()
    assert "check this" in page
    assert '<span class="mark">OK</span>' in page


def test_what_is_worth_a_look_brings_the_page_before_publishing(client):
    log_in(client)
    update = make_update(date=today(400))
    answer = submit_form(client, admin_url(update), "_publish")
    assert answer.redirect_chain[-1][0] == admin_url(update, "publish")
    assert type(update).objects.get().status == "draft"


def test_an_alert_without_anything_odd_is_one_press(client):
    log_in(client)
    alert = make_alert(public=False)
    submit_form(client, admin_url(alert), "_publish")
    assert type(alert).objects.get().status == "published"


# --- Its lines --------------------------------------------------------------------------------


def test_missing_languages_are_named_and_stop_nobody():
    update = make_update(title_fr="Titre")
    state, words = line(update, "Languages")
    assert (state, "Español, Русский, Беларуская, العربيّة" in words) == ("look", True)
    assert not checklist.has_unexpected_warnings(update)


def test_all_languages_are_in_order():
    state, words = line(make_update(**{f"title_{code}": "T" for code in LANGUAGES}), "Languages")
    assert (state, words) == ("ok", "Available in every language of the site.")


def test_a_picture_without_words_in_a_written_language_is_named():
    update = make_update(title_fr="Titre", picture=PICTURE, picture_alt_en="A corridor, empty.")
    assert line(update, "Picture") == ("look", "No alternative text in: Français.")


def test_a_picture_that_is_decoration_is_in_order():
    assert line(make_update(picture=PICTURE, picture_decorative=True), "Picture")[0] == "ok"


def test_a_picture_without_any_words_is_in_the_way():
    update = make_update(picture=PICTURE)
    assert "The picture has no alternative text" in line(update, "Before it can be public")[1]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("See www.example-news.by/report", "looks like an incomplete link"),
        ("See http:// and go on", "looks like an incomplete link"),
        ("See https:/news.by/report", "looks like an incomplete link"),
        ("See https://https://news.by/a", "has extra characters"),
        ("See https://news.by/a.", "has extra characters"),
        ("See https://news/a", "is not a web address"),
        ("See https://example.com/a today", "is a placeholder address"),
    ],
)
def test_a_link_that_is_odd_is_shown_as_it_stands(body, problem):
    state, words = line(make_update(summary_en=body), "Links")
    assert (state, problem in words) == ("look", True)


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "https://news.by/a?page=2"},
        {"body_fr": '<p>Voir <a href="https://news.by/a">ici</a>.</p>'},
        {"summary_en": "See https://news.by/a (in Belarusian), or https://news.by/b?id=7&page=2 today."},
        {"summary_en": "Write to the court (see “www.”)"},
    ],
)
def test_a_good_link_is_in_order(fields):
    assert not [
        one for one in checklist.build_checklist(make_update(**fields)) if one.label == "Links" and one.state != "ok"
    ]


def test_a_tracking_parameter_is_a_finding_of_the_safety_check():
    state, words = line(make_update(url="https://news.by/a?utm_source=x"), "Safety check")
    assert (state, words) == ("look", "1 passage not reviewed yet.")


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        (dt.date(2202, 8, 14), "is in the future"),
        (dt.date(1920, 8, 14), "is the year right?"),
        (dt.date(2002, 8, 14), "before the situation began"),
    ],
)
def test_an_odd_date_is_shown(day, problem):
    situation = make_situation(since=dt.date(2020, 8, 9))
    state, words = line(make_update(situation=situation, date=day), "Date")
    assert (state, problem in words) == ("look", True)


def test_a_date_that_can_be_is_in_order_as_far_as_it_is_known():
    assert line(make_update(date=dt.date(2020, 8, 14), date_precision="month"), "Date") == ("ok", "2020-08")


def test_documents_are_counted():
    update = make_update()
    Attachment.objects.create(update=update, title="T", language="en", name="x.pdf", size=1, pages=1, sha256="0" * 64)
    assert line(update, "Documents")[1].startswith("1 PDF, rewritten")


def test_consent_and_approval_are_in_order_with_who_and_what():
    story = approve_item(make_story(by=make_staff("author")), by=make_staff("boris"))
    assert line(story, "Approval") == ("ok", "boris approved exactly this text.")
    assert line(story, "Consent")[1].startswith("Recorded as V-1, for: on this site, in the newsletter")


def test_a_missing_consent_and_approval_are_in_the_way():
    words = line(make_story(consent=False), "Before it can be public")[1]
    assert "There is no record of consent from the person who gave the testimony." in words
    assert "A second person" in words


def test_a_listed_name_is_in_the_way_with_the_way_out(client):
    log_in(client, "second")
    names.add_listed_name("Сяргей Ціханчук", by="anna")
    update = make_update(title_ru="Сергей Тихончук", by=make_staff("author"))
    assert "never to be published" in line(update, "Before it can be public")[1]
    assert "Allow the listed name" in client.get(admin_url(update)).content.decode()


def test_nothing_is_fetched(monkeypatch, client):
    def refuse(*args, **kwargs):
        raise AssertionError("somebody asked another computer")

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    log_in(client)
    update = make_update(url="https://news.by/a", body_en='<p><a href="https://news.by/b">b</a></p>')
    assert client.get(admin_url(update, "publish")).status_code == 200


# --- Consents that run out --------------------------------------------------------------------


def due_story(days=10, **consent):
    return make_story(consent={"review": today(days), **consent})


@pytest.mark.parametrize(("days", "due"), [(15, False), (14, True), (0, True), (-3, True)])
def test_a_consent_is_flagged_fourteen_days_ahead(days, due):
    story = due_story(days)
    assert Consent.objects.due().filter(story=story).exists() == due
    assert bool(story.reminders()) == due


def test_it_is_flagged_by_the_clock_alone():
    story = due_story(30)
    with time_machine.travel(timezone.now() + dt.timedelta(days=17)):
        assert Consent.objects.due().get().story == story
        assert not Consent.objects.over().exists()
    with time_machine.travel(timezone.now() + dt.timedelta(days=31)):
        assert Consent.objects.over().exists()


def test_the_form_says_by_when_it_has_to_be_asked_again(client):
    log_in(client)
    page = client.get(admin_url(due_story(10, hide_when_due=True))).content.decode()
    day = f"{today(10).day} {today(10):%B %Y}"
    assert f"has to be asked again by {day}. It is hidden automatically on that day." in page


def test_the_list_is_narrowed_to_what_is_due(client):
    log_in(client)
    due_story(10), due_story(40), make_story(consent=False)
    page = client.get("/admin/stories/survivorstory/?consent=due")
    assert page.context["cl"].result_count == 1
    assert "to be asked again</span>" in page.content.decode()


def test_the_first_page_of_the_desk_counts_them_among_what_waits(client):
    log_in(client)
    due_story(10), due_story(40)
    [tile] = [tile for tile in client.get("/admin/").context["drawn"] if tile.label == "Waiting for review"]
    assert [(count.number, count.url) for count in tile.counts if "consent" in count.url] == [
        (1, "/admin/stories/survivorstory/?consent=due")
    ]


def test_who_may_not_see_consents_is_not_told_of_them(client):
    log_in(client, "reader", role="newsletter")
    due_story(10)
    tiles = client.get("/admin/").context["drawn"]
    assert not [count for tile in tiles for count in tile.counts if "consent" in count.url]


def test_what_was_withdrawn_has_no_consent_to_renew():
    story = due_story(10)
    publish_item(approve_item(story))
    transitions.withdraw(story, reason="asked")
    assert not Consent.objects.due().exists()


def test_a_due_consent_brings_the_page_before_publishing(client):
    log_in(client)
    story = approve_item(save_item(due_story(10)))
    assert checklist.has_unexpected_warnings(story)
    assert submit_form(client, admin_url(story), "_publish").redirect_chain[-1][0] == admin_url(story, "publish")


def test_who_approves_is_not_told_that_nobody_approved(client):
    story = make_story(by=make_staff("author"))
    transitions.submit(story)
    log_in(client, "second")
    assert "A second person" not in client.get(admin_url(story, "approve")).content.decode()
    assert "A second person" in line(story, "Before it can be public")[1]


def test_a_link_to_a_field_opens_the_tab_of_its_language(page, live_server, transactional_db):
    update = make_update(body_ar="<p>shahed@example.net</p>")
    make_staff("second")
    page.goto("/admin/")
    page.get_by_label("Account name").fill("second")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/admin/")
    page.goto(admin_url(update, "publish"))
    page.get_by_role("link", name="Text, العربيّة").click()
    expect(page.get_by_role("tab", selected=True)).to_contain_text("العربيّة")
    page.get_by_role("tab").first.click()
    page.locator("#findings").get_by_role("link", name="Text, العربيّة").click()
    expect(page.locator(".field-body_ar")).to_be_in_viewport()
