"""A reader who says when they were last here sees what came since; the day stands in the address alone."""

import datetime as dt

import pytest
import time_machine
from django.core.cache import cache

from tests.support.factories import make_partner, make_situation, make_story, make_update, publish_item, save_item
from tests.support.html import get_entries, get_texts, parse_page

pytestmark = pytest.mark.django_db
LONG_AGO, VISIT, LATER = "2020-08-01", "2020-08-14", "2020-08-20"


def at(day):
    return time_machine.travel(f"{day}T12:00:00Z", tick=False)


@pytest.fixture(autouse=True)
def archive():
    cache.clear()
    with at(LONG_AGO):
        make_situation()
        make_update("Old", public=True, date=dt.date(2020, 7, 1))
        changed = make_update("Changed", public=True, date=dt.date(2020, 7, 2))
    with at(VISIT):
        make_update("Same day", public=True, date=dt.date(2020, 7, 3))
    with at(LATER):
        publish_item(save_item(changed))
        make_update("New", public=True, date=dt.date(2020, 7, 4))
        make_story(public=True)
        make_update("News", kind="media", publisher=make_partner("Reporters"), public=True)


def get(client, address):
    with at(LATER):
        return client.get(address)


def marks(client, address):
    """Title -> mark, of the entries of a page that carry one."""
    found = {}
    for article in get_entries(parse_page(get(client, address))).values():
        if said := [text for text in get_texts(article, ".//p") if text.startswith(("New since", "Changed since"))]:
            found[get_texts(article, ".//a")[0]] = said[0]
    return found


ALL = {
    "Same day": "New since 14 August 2020",
    "Changed": "Changed since 14 August 2020",
    "New": "New since 14 August 2020",
    "News": "New since 14 August 2020",
    "“Ты за Ціханоўскую?”": "New since 14 August 2020",
}


@pytest.mark.parametrize("address", ["/en/belarus/?since=2020-08-14", "/en/search/?since=2020-08-14"])
def test_what_is_new_or_changed_says_so_in_words(client, address):
    assert marks(client, address) == ALL


def test_a_filtered_list_marks_too_and_narrows_no_further(client):
    assert marks(client, "/en/belarus/?kind=testimony&since=2020-08-14") == {"“Ты за Ціханоўскую?”": ALL["New"]}
    plain, marked = (get(client, f"/en/search/?kind=statement{more}") for more in ("", "&since=2020-08-14"))
    assert list(get_entries(parse_page(plain))) == list(get_entries(parse_page(marked)))


def test_without_a_day_nothing_is_marked(client):
    assert marks(client, "/en/belarus/") == {}
    assert marks(client, "/en/belarus/?since=2999-01-01") == {}


def test_the_mark_is_in_the_language_of_the_page(client):
    mark = parse_page(get(client, "/ar/belarus/?since=2020-08-14")).find(".//p[@class='entry-of since']")
    assert (mark.get("lang"), mark.get("dir")) == ("ar", "rtl")


@pytest.mark.parametrize(
    ("address", "offered"),
    [
        ("/en/belarus/", "/en/belarus/?since=2020-08-20"),
        ("/en/search/?kind=statement", "/en/search/?kind=statement&since=2020-08-20"),
    ],
)
def test_a_list_offers_the_address_to_come_back_to(client, address, offered):
    answer = get(client, address)
    link = parse_page(answer).find(".//p[@class='quiet since-line']/a")
    assert link.get("href") == offered
    assert not answer.cookies


def test_the_offer_is_of_today_whenever_the_page_was_drawn(client):
    tag = get(client, "/en/belarus/")["ETag"]
    with at("2020-08-21"):
        answer = client.get("/en/belarus/", headers={"if-none-match": tag})
        assert "since=2020-08-21" in answer.content.decode()


def test_a_marked_list_leads_back_to_the_plain_one(client):
    link = parse_page(get(client, "/en/belarus/?since=2020-08-14")).find(".//p[@class='quiet since-line']/a")
    assert link.get("href") == "/en/belarus/"


def test_what_is_taken_elsewhere_leaves_the_day_behind(client):
    root = parse_page(get(client, "/en/search/?kind=statement&since=2020-08-14"))
    ways = [link.get("href") for link in root.findall(".//p[@class='quiet alternates']/a")]
    assert len(ways) == 9
    assert not [way for way in ways if "since" in way]
