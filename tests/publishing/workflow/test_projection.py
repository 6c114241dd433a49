"""What a reader meets where a text is missing, foreign or long: on pages, in lists, in feeds and in past editions."""

import pytest
from django.core.cache import cache
from django.utils import translation

from newsletter.composition import digests
from newsletter.delivery.sending import send_due
from newsletter.models import Edition
from publishing.text.availability import describe_only_languages
from tests.support.factories import (
    approve_item,
    make_organisation,
    make_situation,
    make_story,
    make_tag,
    make_update,
    publish_item,
)
from tests.support.html import get_texts, parse_page
from tests.support.newsletter_fixtures import make_subscriber

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "fr", "es", "ru", "be", "ar")
STORY = "belarus/stories/told/"
LONG = "Menschenrechtsverteidigerinnenschutzprogrammverordnung"


@pytest.fixture(autouse=True)
def belarus():
    cache.clear()
    make_organisation()
    return make_situation()


def get(client, address):
    return parse_page(client.get(address))


# --- Testimonies that nobody has translated ---------------------------------------------------


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_feed_carries_a_testimony_nobody_translated(client, language, form):
    make_story("Сведчаць", title_en="", public=True)
    answer = client.get(f"/{language}/belarus/feed.{form}")
    assert answer.status_code == 200
    assert "Сведчаць" in answer.content.decode()


@pytest.mark.parametrize(("language", "is_told"), [("en", False), ("fr", True), ("be", False)])
def test_its_reader_is_told_its_language_unless_it_is_theirs(client, language, is_told):
    make_story("Сведчаць", title_en="", public=True)
    with translation.override(language):
        sentence = describe_only_languages(["be"])
    assert (sentence in client.get(f"/{language}/belarus/feed.atom").content.decode()) == is_told


# --- Testimonies in the reader's own language -------------------------------------------------


def test_who_reads_the_original_is_not_shown_a_translation_into_another_language(client):
    make_story(
        "«كنا 42»", original_language="ar", original_body="<p>كلام</p>", body_en="<p>W</p>", slug="told", public=True
    )
    own, other = get(client, f"/ar/{STORY}"), get(client, f"/ru/{STORY}")
    assert own.find(".//p[@class='gloss']") is own.find(".//section[@class='summary']") is None
    assert get_texts(own, ".//section[@class='orig']/div/p") == ["كلام"]
    assert get_texts(other, ".//section[@class='summary']/div/p") == ["W"]


def test_where_the_original_is_elsewhere_its_summary_stands_in_any_language(client):
    make_story("«كنا 42»", original_language="ar", summary_en="In short.", slug="told", public=True)
    assert "In short." in get_texts(get(client, f"/ar/{STORY}"), ".//section[@class='summary']/p")


def test_tags_of_a_testimony_lead_to_what_shares_them(client):
    story = make_story(slug="told")
    story.tags.set([make_tag("Detention")])
    publish_item(approve_item(story))
    tag = get(client, f"/en/{STORY}").find(".//ul[@class='tags']//a")
    assert tag.get("href") == "/en/belarus/?tag=detention"


# --- Lists ------------------------------------------------------------------------------------


@pytest.fixture
def edition(settings, tmp_path):
    """Sends what is public to one reader; returns the address of what went out."""
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"
    settings.DATA_DIR, settings.MAIL_CONNECTIONS = tmp_path, 1

    def send():
        digests.compose_due_digests()
        send_due()
        return f"newsletter/archive/{Edition.objects.get().pk}/"

    make_subscriber()
    return send


def test_a_past_edition_says_of_a_testimony_no_more_than_a_list_does(client, edition):
    make_story("Сведчаць", title_en="They testify", summary_en="BLOWS", public=True)
    root = get(client, f"/en/{edition()}")
    assert get_texts(root, ".//h3") == ["Сведчаць"]
    assert root.find(".//h3").get("lang") == "be"
    assert "BLOWS" not in "".join(root.itertext())
    assert "Content note: beatings" in get_texts(root, ".//span[@class='note-tag']")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_past_edition_can_be_read_where_a_testimony_is_not_translated(client, edition, language):
    make_story("Сведчаць", title_en="", public=True)
    assert client.get(f"/{language}/{edition()}").status_code == 200


def test_a_list_of_nothing_offers_no_marks_for_what_is_new(client):
    make_update(public=True)
    assert get(client, "/en/belarus/?kind=statement").find(".//p[@class='quiet since-line']") is not None
    assert get(client, "/en/belarus/?kind=blog").find(".//p[@class='quiet since-line']") is None


# --- In a browser -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["", "?kind=statement", "embed/", "updates/long/"])
def test_a_word_longer_than_the_page_is_broken(page, belarus, path):
    make_update(LONG, summary_en=LONG, body_en=f"<p>{LONG}</p>", slug="long", public=True)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"/en/belarus/{path}")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.django_db(transaction=True)
def test_on_a_phone_what_stands_beside_a_kind_begins_under_its_date(page, belarus):
    make_update(subtitle_en="Follow-up to the Committee against Torture, 70th session", public=True)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto("/en/belarus/?section=updates")
    date, beside = page.locator(".entry-date"), page.locator(".kind .more")
    assert beside.bounding_box()["x"] <= date.bounding_box()["x"] + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/en/", "/ar/belarus/", "/ar/belarus/updates/foreign/"])
def test_a_foreign_title_hugs_the_side_of_its_page(page, belarus, path):
    make_update("A title", slug="foreign", public=True)
    make_update("عنوان", title_en="", title_ar="عنوان", slug="arabic", public=True)
    page.goto(path)
    sides = "all => all.map(one => getComputedStyle(one).textAlign)"
    found = page.locator(":is(h1, h3, h4)[dir]").evaluate_all(sides)
    assert set(found) <= ({"right"} if path.startswith("/ar") else {"left"})
    assert found
