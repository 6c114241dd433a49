"""What a page says of itself to search engines and messengers: addresses, OpenGraph, Twitter cards, JSON-LD."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils.dateparse import parse_datetime

from tests.support.factories import (
    make_organisation,
    make_partner,
    make_situation,
    make_staff,
    make_story,
    make_tag,
    make_update,
    publish_item,
    save_item,
)
from tests.support.html import get_head_links, get_json_ld, parse_page

pytestmark = pytest.mark.django_db

LANGUAGES = ["en", "fr", "es", "ru", "be", "ar"]
UPDATE, STORY = "/en/belarus/updates/one/", "/en/belarus/stories/told/"


@pytest.fixture(scope="module", autouse=True)
def belarus(module_database):
    make_organisation(sentence_en="It stays.")
    return make_situation(since=dt.date(2020, 8, 9))


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def head(client, path):
    """Name or property -> content of the metas, and the JSON-LD of the page itself."""
    root = parse_page(client.get(path))
    metas = {one.get("property") or one.get("name"): one.get("content") for one in root.findall("head/meta")}
    return metas, get_json_ld(root)[0]


# --- Addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("belarus/?kind=report&since=2020-08-01", "belarus/?kind=report"),
        ("belarus/?since=2020-08-01", "belarus/"),
        ("search/?q=stop&order=date", "search/?q=stop"),
        ("search/?nonsense=1&year=2020&kind=statement", "search/?kind=statement&year=2020"),
    ],
)
def test_what_makes_no_other_list_makes_no_other_address(client, asked, canonical):
    make_update("Stop", public=True)
    root = parse_page(client.get(f"/en/{asked}"))
    assert get_head_links(root, "canonical")[""] == f"http://testserver/en/{canonical}"
    assert get_head_links(root, "alternate")["ar"] == f"http://testserver/ar/{canonical}"


def test_a_further_page_of_a_list_is_its_own_place(client, monkeypatch):
    monkeypatch.setattr("timeline.search.results.PAGE_SIZE", 1)
    for day in (1, 2, 3):
        make_update(kind="report", date=dt.date(2020, 8, day), public=True)
    further = parse_page(client.get("/en/belarus/?kind=report")).find(".//a[@rel='next']").get("href")
    assert "before=" in further
    assert get_head_links(parse_page(client.get(further)), "canonical")[""] == f"http://testserver{further}"


@pytest.mark.parametrize("path", ["", "belarus/", "belarus/updates/one/", "belarus/stories/told/", "search/", "about/"])
def test_every_language_of_a_page_names_all_the_others_alike(client, path):
    make_update("Stop", slug="one", public=True, **{f"title_{code}": "Stop" for code in LANGUAGES})
    make_story(slug="told", public=True)
    named = [get_head_links(parse_page(client.get(f"/{code}/{path}")), "alternate") for code in LANGUAGES]
    named = [{code: address for code, address in one.items() if code} for one in named]
    assert all(one == named[0] for one in named)
    assert set(named[0]) == {*LANGUAGES, "x-default"}
    assert {client.get(address).status_code for address in named[0].values()} <= {200, 302}


def test_an_item_names_the_feeds_of_its_situation(client):
    make_update(slug="one", public=True)
    found = parse_page(client.get(UPDATE)).findall("head/link[@rel='alternate']")
    feeds = [link.get("href") for link in found if link.get("type")]
    assert feeds == [f"/en/belarus/feed.{form}" for form in ("atom", "rss", "json")]


# --- OpenGraph and Twitter cards --------------------------------------------------------------


def test_the_first_page_is_shared_under_the_name_of_the_site(client):
    metas, data = head(client, "/en/")
    assert metas["og:title"] == data["name"] == "Witness Line"
    assert data["@type"] == "WebSite"


def test_an_item_says_when_it_is_from_and_when_it_changed(client):
    make_update(slug="one", date_precision="month", public=True)
    metas, data = head(client, UPDATE)
    assert metas["article:published_time"] == data["datePublished"] == "2020-08"
    assert parse_datetime(metas["article:modified_time"]).tzinfo


def test_what_has_no_day_says_none(client):
    make_update(slug="one", date_precision="undated", public=True)
    metas, data = head(client, UPDATE)
    assert "article:published_time" not in metas
    assert "datePublished" not in data


def test_a_page_without_a_picture_is_a_small_card(client):
    make_story(slug="told", consent={"card": False}, public=True)
    metas, _data = head(client, STORY)
    assert metas["twitter:card"] == "summary"
    assert "og:image" not in metas


def test_a_title_that_ends_a_sentence_gets_no_comma_in_the_words_of_its_picture(client):
    metas, _data = head(client, "/en/")
    assert metas["og:image:alt"] == "It stays. Witness Line"


def test_a_text_that_stands_for_a_summary_is_cut_between_words(client):
    make_update(slug="one", body_en=f"<p>{'torture ' * 50}</p><p>More.</p>", public=True)
    said = head(client, UPDATE)[0]["og:description"]
    assert len(said) <= 200
    assert said.endswith("torture …")


def test_of_a_testimony_nothing_is_said_but_that_there_is_one(client):
    make_story(
        "Яны білі", slug="told", title_en="They beat me", summary_en="SECRET", body_en="<p>SECRET</p>",
        original_body="<p>SECRET</p>", by=make_staff("inna-editor"), public=True,
    )  # fmt: skip
    root = parse_page(client.get(STORY))
    said = str([one.attrib for one in root.find("head").iter()]) + str(get_json_ld(root)) + root.findtext("head/title")
    assert not [word for word in ("SECRET", "beat", "білі", "inna", "Viasna", "2020") if word in said]
    assert head(client, STORY)[0]["og:title"] == "Testimony in Belarusian"


# --- JSON-LD ----------------------------------------------------------------------------------


def test_the_news_of_others_is_by_others(client):
    make_update(slug="one", publisher=make_partner("Reporters"), url="https://example.net/a", public=True)
    _metas, data = head(client, UPDATE)
    assert data["author"] == [{"@type": "Organization", "name": "Reporters"}]
    assert data["isBasedOn"] == "https://example.net/a"
    assert data["publisher"]["name"] == "Witness Line"


def test_whoever_signed_is_an_author(client):
    update = make_update(slug="one", kind="joint-report")
    update.co_publishers.set([make_partner("Viasna"), make_partner("Legal Line")])
    publish_item(update)
    _metas, data = head(client, UPDATE)
    assert data["@type"] == "Report"
    assert [author["name"] for author in data["author"]] == ["Witness Line", "Legal Line", "Viasna"]


# Of each type, the properties that schema.org gives it and ours use.
THING = {"@type", "name", "url", "description", "image"}
WORK = THING | {
    "inLanguage", "publisher", "headline", "datePublished", "dateModified", "author", "correction", "keywords",
    "isBasedOn",
}  # fmt: skip
PROPERTIES = {
    "NewsArticle": WORK,
    "Report": WORK,
    "BlogPosting": WORK,
    "Article": WORK,
    "LiveBlogPosting": WORK | {"coverageStartTime", "coverageEndTime", "liveBlogUpdate"},
    "CollectionPage": WORK,
    "WebSite": WORK,
    "AboutPage": WORK,
    "WebPage": WORK,
    "Organization": THING,
    "CorrectionComment": WORK | {"text"},
    "BreadcrumbList": THING | {"itemListElement"},
    "ListItem": THING | {"position", "item"},
}


def things(data):
    """Every node of a type, however deep."""
    found = [data] if isinstance(data, dict) and "@type" in data else []
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else []
    return found + [thing for part in parts for thing in things(part)]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_uses_the_words_of_the_vocabulary_alone(client, language):
    item = make_update("Report", slug="one", kind="report", tags=[make_tag("Torture")], public=True)
    publish_item(save_item(item), correction={"en": "Nine, not eight."})
    make_update("Blog", slug="two", kind="blog", public=True)
    make_story(slug="told", public=True)
    pages = [
        "",
        "belarus/",
        "belarus/?kind=report",
        "search/",
        "about/",
        "belarus/updates/one/",
        "belarus/updates/two/",
    ]
    graphs = [get_json_ld(parse_page(client.get(f"/{language}/{path}"))) for path in [*pages, "belarus/stories/told/"]]
    found = things(graphs)
    assert {"Report", "BlogPosting", "LiveBlogPosting", "CorrectionComment"} <= {thing["@type"] for thing in found}
    assert [(thing["@type"], set(thing) - PROPERTIES[thing["@type"]]) for thing in found if
            set(thing) - PROPERTIES[thing["@type"]]] == []  # fmt: skip
    assert all(value for thing in found for value in thing.values())


def test_the_timeline_tells_its_newest_updates_and_since_when_it_goes_on(client):
    for day in (1, 2):
        make_update(f"{day}", date=dt.date(2020, 9, day), public=True)
    _metas, data = head(client, "/en/belarus/")
    assert data["@type"] == "LiveBlogPosting"
    assert data["coverageStartTime"] == "2020-08-09"
    assert [one["headline"] for one in data["liveBlogUpdate"]] == ["2", "1"]


def test_a_filtered_list_of_a_situation_is_titled_as_its_language_writes_it(client):
    make_update(kind="report", public=True)
    assert head(client, "/fr/belarus/?kind=report")[0]["og:title"].startswith("All Eyes on Belarus\u00a0: ")
