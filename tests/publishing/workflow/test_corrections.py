"""A change in meaning: asked for when publishing again, told with its day in each language wherever readers look."""

import datetime as dt
import json
import re

import pytest
import time_machine
from django.utils import timezone

from publishing.models import Release
from tests.support.desk_client import admin_url, log_in, messages_for, read_form, submit_form
from tests.support.factories import approve_item, make_organisation, make_story, make_update, publish_item, save_item

pytestmark = pytest.mark.django_db
NOTES = {"en": "Ten, not nine.", "ar": "عشرة لا تسعة.", "fr": "Dix et non neuf."}
TODAY = "2026-03-01"


@pytest.fixture
def corrected(client):
    """An update in three languages that was published, and again by the form of the desk with a note in each."""
    make_organisation()
    update = make_update("Nine", title_ar="تسعة", title_fr="Neuf", slug="nine", public=True)
    with time_machine.travel(f"{TODAY}T12:00:00Z"):
        log_in(client)
        asked = submit_form(client, admin_url(update), "_publish", title_en="Ten", title_ar="عشرة", title_fr="Dix")
        assert "Did the meaning change?" in asked.content.decode()
        sent = read_form(client, admin_url(update, "publish")) | {f"note_{code}": note for code, note in NOTES.items()}
        client.post(admin_url(update, "publish"), sent | {"meaning": "yes"})
        yield update


def body(client, path):
    return client.get(path).content.decode()


def described(client, path):
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', body(client, path))
    return json.loads(block[1])["@graph"][0]


@pytest.mark.parametrize("code", NOTES)
def test_the_page_tells_it_with_its_day(client, corrected, code):
    section = body(client, f"/{code}/belarus/updates/nine/").split('id="correction"')[1]
    assert f'datetime="{TODAY}"' in section
    assert NOTES[code] in section


@pytest.mark.parametrize("code", NOTES)
@pytest.mark.parametrize("form", ["atom", "rss", "json"])
def test_every_feed_tells_it(client, corrected, code, form):
    assert NOTES[code] in body(client, f"/{code}/belarus/feed.{form}")


@pytest.mark.parametrize("code", NOTES)
def test_the_data_for_search_engines_tells_it(client, corrected, code):
    block = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', body(client, f"/{code}/belarus/updates/nine/")
    )
    this = json.loads(block[1])["@graph"][0]
    assert this["correction"] == [{"@type": "CorrectionComment", "text": NOTES[code], "datePublished": TODAY}]


def test_a_language_without_a_note_of_its_own_gets_the_one_there_is(client, corrected):
    assert NOTES["en"] in body(client, "/ru/belarus/updates/nine/").split('id="correction"')[1]


def test_an_earlier_note_stays_beside_a_later_one(client, corrected):
    corrected.refresh_from_db()
    corrected.title_en = "Eleven"
    publish_item(save_item(corrected), correction={"en": "Eleven, not ten."})
    section = body(client, "/en/belarus/updates/nine/").split('id="correction"')[1]
    assert section.index("Ten, not nine.") < section.index("Eleven, not ten.")


def test_a_note_stays_when_the_item_is_published_again_without_one(client, corrected):
    corrected.refresh_from_db()
    corrected.subtitle_en = "More"
    publish_item(save_item(corrected))
    assert "Ten, not nine." in body(client, "/en/belarus/updates/nine/")


def test_no_change_in_meaning_leaves_no_note(client):
    update = make_update("Nine wre held", slug="nine", public=True)
    log_in(client)
    submit_form(client, admin_url(update), "_publish", title_en="Nine were held")
    client.post(admin_url(update, "publish"), read_form(client, admin_url(update, "publish")) | {"meaning": "no"})
    page = body(client, "/en/belarus/updates/nine/")
    assert "Nine were held" in page
    assert 'id="correction"' not in page


def test_publishing_again_without_an_answer_is_refused(client):
    update = make_update("Nine", public=True)
    log_in(client)
    submit_form(client, admin_url(update), "_save", title_en="Ten")
    client.post(admin_url(update, "publish"), read_form(client, admin_url(update, "publish")))
    assert Release.objects.of(update.uid).count() == 1


def test_publishing_again_at_a_time_asks_too(client):
    update = make_update("Nine", slug="nine", public=True)
    log_in(client)
    submit_form(client, admin_url(update), "_save", title_en="Ten")
    at = timezone.now() + dt.timedelta(hours=2)
    sent = read_form(client, admin_url(update, "schedule")) | {"at_0": f"{at:%Y-%m-%d}", "at_1": f"{at:%H:%M}"}
    sent |= {"meaning": "yes", "note_en": "Ten, not nine."}
    assert "It will be public on" in messages_for(client.post(admin_url(update, "schedule"), sent, follow=True))
    assert "Ten, not nine." not in body(client, "/en/belarus/updates/nine/")
    with time_machine.travel(at + dt.timedelta(minutes=1)):
        assert "Ten, not nine." in body(client, "/en/belarus/updates/nine/")


@pytest.mark.parametrize("path", ["/en/belarus/stories/told/", "/en/belarus/feed.atom"])
def test_a_testimony_is_corrected_in_the_same_way(client, path):
    story = make_story("Сведчанне", slug="told", public=True)
    story.title_en = "Mended"
    publish_item(approve_item(save_item(story)), correction=NOTES)
    assert NOTES["en"] in body(client, path)


def test_search_engines_get_the_day_of_a_testimonys_correction_and_no_word_of_it(client):
    story = make_story("Сведчанне", slug="told", public=True)
    publish_item(approve_item(save_item(story)), correction=NOTES)
    this = described(client, "/en/belarus/stories/told/")
    assert this["correction"] == [{"@type": "CorrectionComment", "datePublished": timezone.now().date().isoformat()}]
