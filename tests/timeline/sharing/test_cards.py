"""The picture that messengers show of a link: what stands on it, who may fetch it, and what it costs."""

import datetime as dt
import io
import re
import time

import pytest
from django.core.cache import cache
from django.utils import timezone
from PIL import Image, ImageChops

from publishing.models import Entry
from publishing.workflow import transitions
from tests.support.factories import make_organisation, make_situation, make_story, make_update, publish_item, save_item
from tests.support.html import parse_page
from timeline.sharing.card_drawing import CARD_HEIGHT, CARD_WIDTH, Card, fit_title, load_font, render_png

pytestmark = pytest.mark.django_db

LANGUAGES = ["en", "fr", "es", "ru", "be", "ar"]
# Every letter of the six languages, and what their texts are written with besides.
LETTERS = {
    "Latin": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzàâæçéèêëîïôœùûüÿñáíóúß¿¡0123456789%&()[]/@#",
    "Cyrillic": "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюяІіЎўҐґ№",
    "Belarusian in Latin": "ćčŁłńśŠšŭźžĆČŃŚŬŹŽ",
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئىةـًٌٍَُِّْ٠١٢٣٤٥٦٧٨٩،؛؟",
    "marks": "“”‘’«»„–—…·•’ʼ",
}


@pytest.fixture(scope="module", autouse=True)
def belarus(module_database):
    make_organisation()
    return make_situation(short_title_en="Belarus")


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def head(client, path):
    metas = parse_page(client.get(path)).findall("head/meta")
    return {meta.get("property") or meta.get("name"): meta.get("content") for meta in metas}


def address(client, path):
    return head(client, path).get("og:image", "").removeprefix("http://testserver")


def image(response):
    assert response.status_code == 200
    return Image.open(io.BytesIO(response.content)).convert("RGB")


def ink(picture):
    """The box around everything that is not the colour of the corner."""
    return ImageChops.difference(picture, Image.new("RGB", picture.size, picture.getpixel((0, 0)))).getbbox()


def a_card(title="Stop reprisals", language="en", **parts):
    return Card(title=title, title_language=language, language=language, name="Witness Line", **parts)


# --- What a page says of it -------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_update_has_a_card_of_the_size_that_it_says_in_every_language(client, language):
    make_update(public=True, slug="one")
    said = head(client, f"/{language}/belarus/updates/one/")
    answer = client.get(address(client, f"/{language}/belarus/updates/one/"))
    assert (
        image(answer).size == (CARD_WIDTH, CARD_HEIGHT) == (int(said["og:image:width"]), int(said["og:image:height"]))
    )
    assert answer["Content-Type"] == "image/png"
    assert said["twitter:card"] == "summary_large_image"


def test_what_stands_on_a_card_is_said_to_those_who_do_not_see_it(client):
    make_update("Widespread torture", public=True, slug="one", kind="report")
    alt = head(client, "/en/belarus/updates/one/")["og:image:alt"]
    assert alt == "Widespread torture, Report, 14 August 2020, Witness Line"


def test_a_day_that_is_not_recorded_is_not_on_the_card(client):
    make_update("Old", public=True, slug="one", date_precision="undated")
    assert head(client, "/en/belarus/updates/one/")["og:image:alt"] == "Old, Statement, Witness Line"


@pytest.mark.parametrize("path", ["", "belarus/", "search/", "about/", "newsletter/"])
def test_every_page_has_a_picture(client, path):
    assert image(client.get(address(client, f"/en/{path}"))).size == (CARD_WIDTH, CARD_HEIGHT)


def test_a_new_release_has_a_new_address_so_that_messengers_fetch_it_anew(client):
    item = make_update("Before", public=True, slug="one")
    before = address(client, "/en/belarus/updates/one/")
    item.title_en = "After"
    publish_item(save_item(item))
    after = address(client, "/en/belarus/updates/one/")
    assert before.partition("?")[0] == after.partition("?")[0]
    assert before != after
    assert client.get(before).content == client.get(after).content


def test_a_card_that_did_not_change_is_not_sent_again(client):
    make_update(public=True, slug="one")
    at = address(client, "/en/belarus/updates/one/")
    tag = client.get(at)["ETag"]
    assert client.get(at, headers={"if-none-match": tag}).status_code == 304


def test_messengers_that_run_in_a_browser_may_show_it(client):
    make_update(public=True, slug="one")
    answer = client.get(address(client, "/en/belarus/updates/one/"))
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["X-Frame-Options"] == "DENY"


# --- Who may see it ---------------------------------------------------------------------------


def test_the_card_of_a_testimony_says_nothing_of_it(client):
    one = make_story("Адно", public=True, slug="one", title_en="Beaten for three days")
    other = make_story("Другое", public=True, slug="two", title_en="Something else", date=dt.date(2021, 3, 1))
    cards = [client.get(address(client, f"/en/belarus/stories/{item.slug}/")) for item in (one, other)]
    assert cards[0].content == cards[1].content
    alt = head(client, "/en/belarus/stories/one/")["og:image:alt"]
    assert alt == "Testimony in Belarusian, Testimony, Witness Line"


def test_a_teller_who_did_not_allow_cards_has_none(client):
    story = make_story(public=True, slug="one", consent={"card": False})
    number = Entry.objects.filter(uid=story.uid).first().number
    assert "og:image" not in head(client, "/en/belarus/stories/one/")
    assert client.get(f"/share/{number}-en.png").status_code == 404


def test_what_was_withdrawn_has_no_card_any_more_even_if_it_was_just_fetched(client):
    item = make_update("Secret", public=True, slug="one")
    at = address(client, "/en/belarus/updates/one/")
    tag = client.get(at)["ETag"]
    transitions.withdraw(item, reason="asked for")
    answer = client.get(at, headers={"if-none-match": tag})
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (410, b"", "no-store")


@pytest.mark.parametrize("language", ["en", "xx", "en-gb", ".."])
@pytest.mark.parametrize("number", ["0", "999", "9" * 30])
def test_a_number_nobody_gave_out_has_no_card(client, number, language):
    assert client.get(f"/share/{number}-{language}.png").status_code == 404


def test_a_scheduled_item_answers_as_a_number_that_nobody_gave_out(client):
    item = make_update(slug="one")
    transitions.publish(item, at=timezone.now() + dt.timedelta(hours=1))
    number = Entry.objects.filter(uid=item.uid).first().number
    answers = [client.get(f"/share/{one}-en.png") for one in (number, number + 1)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


# --- How it looks -----------------------------------------------------------------------------


@pytest.mark.parametrize("script", LETTERS)
@pytest.mark.parametrize("face", ["titles", "lines"])
def test_the_fonts_have_every_letter(face, script):
    """A letter that a font lacks is drawn as the same empty box as one that nobody has."""
    nobody_has = load_font(face, 40).getmask("\U0010fffd").getbbox(), bytes(load_font(face, 40).getmask("\U0010fffd"))
    masks = {letter: load_font(face, 40).getmask(letter) for letter in LETTERS[script]}
    assert not [letter for letter, mask in masks.items() if (mask.getbbox(), bytes(mask)) == nobody_has]


def test_arabic_begins_on_the_right_and_its_letters_join():
    left, _top, right, _bottom = ink(
        Image.open(io.BytesIO(render_png(a_card("تعذيب", "ar")))).convert("RGB").crop((0, 150, CARD_WIDTH, 520))
    )
    assert right > CARD_WIDTH - 100
    assert left > CARD_WIDTH / 2
    joined = load_font("titles", 60).getlength("تعذيب", direction="rtl", language="ar")
    alone = sum(load_font("titles", 60).getlength(letter, direction="rtl", language="ar") for letter in "تعذيب")
    assert joined < alone * 0.95


def test_latin_begins_on_the_left():
    left, *_rest = ink(Image.open(io.BytesIO(render_png(a_card()))).convert("RGB").crop((0, 150, CARD_WIDTH, 520)))
    assert left < 100


@pytest.mark.parametrize("words", ["Belarus ", "Беларусь ", "Ш", "بيلاروسيا "])
def test_a_title_of_500_letters_costs_little_and_stays_on_the_card(words):
    card = a_card((words * 500)[:500], "ar" if words[0] == "ب" else "ru", kind="Joint letter " * 9, date="x" * 200)
    began = time.perf_counter()
    drawn = render_png(card)
    assert time.perf_counter() - began < 1.5
    assert len(drawn) < 60_000
    box = ink(Image.open(io.BytesIO(drawn)).convert("RGB"))
    assert box[0] >= 60
    assert box[2] <= CARD_WIDTH - 60


def test_a_short_title_stands_large_and_a_long_one_is_cut_with_a_sign_of_it():
    assert fit_title("Stop", "en")[0] > fit_title("Stop reprisals against activists " * 5, "en")[0]
    assert fit_title("Stop reprisals against activists " * 20, "en")[1][-1].endswith("…")


def test_no_card_is_kept_on_a_disk(client, settings):
    make_update(public=True, slug="one")
    client.get(address(client, "/en/belarus/updates/one/"))
    stored = [path for path in settings.DATA_DIR.rglob("*") if re.search("share|card", path.name)]
    assert stored == []
