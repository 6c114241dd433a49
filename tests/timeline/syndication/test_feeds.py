"""Feeds carry exactly the items of their filter, in full, in syntax that any reader takes."""

import datetime as dt
import json
import uuid
import xml.etree.ElementTree as ET
from email.utils import parsedate_to_datetime

import html5lib
import pytest
import time_machine
from django.utils import timezone

from publishing.workflow import transitions
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
from timeline.syndication import feeds

pytestmark = pytest.mark.django_db
NAMES = {"a": "http://www.w3.org/2005/Atom", "c": "http://purl.org/rss/1.0/modules/content/"}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FEEDS = ["feed.atom", "feed.rss", "feed.json"]


def atom(client, address="/en/belarus/feed.atom"):
    return ET.fromstring(client.get(address).content)  # noqa: S314 - our own


def rss(client, address="/en/belarus/feed.rss"):
    return ET.fromstring(client.get(address).content).find("channel")  # noqa: S314


def parsed(client, address="/en/belarus/feed.json"):
    return json.loads(client.get(address).content)


def titles(client, name, query="", *, base="/en/belarus/"):
    address = f"{base}{name}{query}"
    if name == "feed.atom":
        return [title.text for title in atom(client, address).iterfind("a:entry/a:title", NAMES)]
    if name == "feed.rss":
        return [title.text for title in rss(client, address).iterfind("item/title")]
    return [item["title"] for item in parsed(client, address)["items"]]


# --- The same in all three ---


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_shows_the_items_of_its_filter_newest_first(client, name):
    make_update("Older", date=dt.date(2020, 8, 1), public=True)
    make_update("Newer", date=dt.date(2020, 9, 1), public=True)
    make_update("Report", kind="report", public=True)
    assert titles(client, name, "?kind=statement") == ["Newer", "Older"]


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_over_all_situations(client, name):
    make_update("Here", situation=make_situation("belarus"), public=True)
    make_update("There", situation=make_situation("routes"), public=True)
    assert set(titles(client, name, base="/en/search/")) == {"Here", "There"}


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_carries_the_whole_text(client, name):
    make_update(body_en="<p>Every <strong>word</strong> of it.</p>", public=True)
    assert "Every" in client.get(f"/en/belarus/{name}").content.decode()
    assert "word" in client.get(f"/en/belarus/{name}").content.decode()


@pytest.mark.parametrize("name", FEEDS)
def test_drafts_scheduled_and_withdrawn_items_are_in_no_feed(client, name):
    make_update("Draft")
    publish_item(make_update("Scheduled"), at=timezone.now() + dt.timedelta(hours=1))
    transitions.withdraw(make_update("Withdrawn", public=True), reason="wrong")
    assert titles(client, name) == []


@pytest.mark.parametrize("name", FEEDS)
def test_a_testimony_without_consent_to_feeds_is_in_none(client, name):
    make_story(consent={"feed": False}, public=True)
    assert titles(client, name) == []


@pytest.mark.parametrize("name", FEEDS)
def test_a_content_note_comes_before_a_testimony(client, name):
    make_story(original_body="<p>What happened then.</p>", content_note_en="beatings", public=True)
    feed = client.get(f"/en/belarus/{name}").content.decode()
    assert "Content note: beatings" in feed
    assert feed.index("beatings") < feed.index("What happened then.")


@pytest.mark.parametrize("name", FEEDS)
def test_a_summary_of_a_testimony_tells_nothing_of_it(client, name):
    make_story(summary_en="They beat her for an hour.", public=True)
    answer = client.get(f"/en/belarus/{name}").content.decode()
    assert answer.count("They beat her for an hour.") == 1  # in the text, which the note precedes


@pytest.mark.parametrize("name", FEEDS)
def test_a_correction_is_said_and_moves_the_day_of_change(client, name):
    update = make_update(public=True)
    before = client.get(f"/en/belarus/{name}").content
    publish_item(save_item(update), correction={"en": "There were nine, not eight."})
    after = client.get(f"/en/belarus/{name}").content
    assert "There were nine, not eight." in after.decode()
    assert ids(before) == ids(after)


@pytest.mark.parametrize("name", FEEDS)
def test_a_correction_is_younger_than_the_item_and_the_item_as_old_as_it_was(client, name):
    with time_machine.travel("2020-09-01T12:00:00Z", tick=False):
        update = make_update(public=True)
    with time_machine.travel("2020-10-01T12:00:00Z", tick=False):
        publish_item(save_item(update), correction={"en": "There were nine, not eight."})
    published, changed = moments(client, name)
    assert (published.date(), changed.date()) == (dt.date(2020, 9, 1), dt.date(2020, 10, 1))


def moments(client, name):
    """When the only item of the feed came out and when it changed."""
    if name == "feed.json":
        (item,) = parsed(client)["items"]
        return [dt.datetime.fromisoformat(item[key]) for key in ("date_published", "date_modified")]
    if name == "feed.rss":
        item = rss(client).find("item")
        changed = item.find("a:updated", NAMES).text
        return [parsedate_to_datetime(item.find("pubDate").text), dt.datetime.fromisoformat(changed)]
    entry = atom(client).find("a:entry", NAMES)
    return [dt.datetime.fromisoformat(entry.find(f"a:{key}", NAMES).text) for key in ("published", "updated")]


@pytest.mark.parametrize("name", FEEDS)
def test_what_is_withdrawn_leaves_a_feed_that_was_just_read(client, name):
    update = make_update("Withdrawn words", public=True)
    tag = client.get(f"/en/belarus/{name}")["ETag"]
    transitions.withdraw(update, reason="wrong")
    answer = client.get(f"/en/belarus/{name}", headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert "Withdrawn words" not in answer.content.decode()


# --- What stands in an item ---


def contents(client, name, *, language="en"):
    """The HTML of each item, as a root element."""
    address = f"/{language}/belarus/{name}"
    if name == "feed.atom":
        found = [entry.text for entry in atom(client, address).iterfind("a:entry/a:content", NAMES)]
    elif name == "feed.rss":
        found = [entry.text for entry in rss(client, address).iterfind("item/c:encoded", NAMES)]
    else:
        found = [item["content_html"] for item in parsed(client, address)["items"]]
    return [html5lib.parseFragment(text, namespaceHTMLElements=False) for text in found]


@pytest.mark.parametrize("name", FEEDS)
def test_an_item_says_its_language_and_direction_where_no_page_stands_around_it(client, name):
    make_update("Stop", title_ar="أوقفوا", body_ar="<p>نص</p>", public=True)
    (box,) = contents(client, name, language="ar")[0].findall("div")
    assert (box.get("lang"), box.get("dir")) == ("ar", "rtl")


@pytest.mark.parametrize("name", FEEDS)
def test_words_of_ours_around_a_foreign_text_are_not_said_to_be_foreign(client, name):
    make_story(content_note_en="beatings", public=True)
    (content,) = contents(client, name, language="fr")
    note = content.find(".//strong")
    assert note.text.split() == ["Avertissement", "sur", "le", "contenu", ":"]
    assert note.find("bdi").get("lang") == "en"


def test_a_summary_that_is_a_sentence_of_ours_is_in_the_language_of_the_feed(client):
    make_story(content_note_en="beatings", summary_en="In short", public=True)
    assert atom(client, "/fr/belarus/feed.atom").find("a:entry/a:summary", NAMES).get(XML_LANG) == "fr"


@pytest.mark.parametrize("name", FEEDS)
def test_a_content_note_that_says_none_is_not_one(client, name):
    make_story(content_note_en="none", public=True)
    assert "Content note" not in client.get(f"/en/belarus/{name}").content.decode()


@pytest.mark.parametrize("name", FEEDS)
def test_no_address_in_an_item_is_relative_or_leads_to_a_picture(client, name):
    body = '<p><a href="https://example.org/a">a</a> <a href="/b">b</a> <a href="#c">c</a> <img src="/d.png"></p>'
    make_update(body_en=body, url="https://example.net/", publisher=make_partner("Reporters"), public=True)
    make_story(original_body=body, public=True)
    found = [one for content in contents(client, name) for one in content.iter() if {"href", "src"} & set(one.attrib)]
    assert len(found) == 3
    assert all(one.tag == "a" and one.get("href").startswith("https://") for one in found)


@pytest.mark.parametrize("name", FEEDS)
def test_whoever_signed_with_the_organisation_is_named(client, name):
    make_organisation()
    update = make_update(kind="joint-letter")
    update.co_publishers.set([make_partner("Viasna"), make_partner("Legal Line")])
    publish_item(update)
    assert authors(client, name) == ["Witness Line", "Legal Line", "Viasna"]
    assert [item.text for item in contents(client, name)[0].findall(".//li/bdi")] == ["Legal Line", "Viasna"]


def authors(client, name):
    """Of the only item."""
    if name == "feed.json":
        return [author["name"] for author in parsed(client)["items"][0]["authors"]]
    if name == "feed.rss":
        return [one.text for one in rss(client).iterfind("item/{http://purl.org/dc/elements/1.1/}creator")]
    return [one.text for one in atom(client).iterfind("a:entry/a:author/a:name", NAMES)]


@pytest.mark.parametrize("name", FEEDS)
def test_no_feed_names_who_wrote_or_approved_an_item(client, name):
    make_update(by=make_staff("inna-editor"), public=True)
    make_story(by=make_staff("inna-editor"), public=True)
    answer = client.get(f"/en/belarus/{name}").content.decode()
    assert "inna-editor" not in answer
    assert "approver" not in answer


def ids(content):
    text = content.decode()
    return {word.strip('",<') for word in text.replace("urn:", " urn:").replace("<", " ").split() if "urn:uuid" in word}


@pytest.mark.parametrize("name", FEEDS)
def test_text_that_looks_like_markup_stays_text(client, name):
    make_update('Say "<b>no</b>" & ]]> more', public=True)
    assert titles(client, name) == ['Say "<b>no</b>" & ]]> more']


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_loads_no_picture_and_names_no_other_host(client, name):
    rendition = {"name": "p8R2wYt5LcN1.jpg", "type": "image/jpeg", "width": 8, "height": 8, "size": 8}
    picture = {"renditions": [rendition], "width": 8, "height": 8}
    make_update(picture=picture, picture_alt_en="A corridor", public=True)
    answer = client.get(f"/en/belarus/{name}").content.decode()
    assert "<img" not in answer
    assert "p8R2wYt5LcN1" not in answer


@pytest.mark.parametrize("name", FEEDS)
def test_the_feed_of_a_situation_that_never_was_is_not_found(client, name):
    make_situation("draft", public=False)
    assert client.get(f"/en/draft/{name}").status_code == 404
    assert client.get(f"/en/nowhere/{name}").status_code == 404


@pytest.mark.parametrize("name", FEEDS)
def test_the_feed_of_a_withdrawn_situation_is_gone(client, name):
    transitions.withdraw(make_situation(), reason="the page is in danger")
    assert client.get(f"/en/belarus/{name}").status_code == 410


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_costs_few_queries_whatever_it_shows(client, name, django_assert_max_num_queries):
    for _number in range(12):
        make_update(public=True, tags=[make_tag("Torture")])
    with django_assert_max_num_queries(12):
        client.get(f"/en/belarus/{name}")


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_reader_that_has_it_is_told_so(client, name):
    make_update(public=True)
    address = f"/en/belarus/{name}"
    assert client.get(address, headers={"if-none-match": client.get(address)["ETag"]}).status_code == 304


@pytest.mark.parametrize("name", FEEDS)
def test_on_the_onion_host_a_feed_leads_nowhere_else(client, name, settings):
    settings.ONION_HOST = "abcdefghij234567.onion"
    settings.ALLOWED_HOSTS = ["testserver", settings.ONION_HOST]
    make_organisation()
    make_update(public=True)
    answer = client.get(f"/en/belarus/{name}", headers={"host": settings.ONION_HOST}).content.decode()
    assert "http://abcdefghij234567.onion/en/belarus/" in answer
    assert "testserver" not in answer


# --- Older items ---


@pytest.mark.parametrize("name", FEEDS)
def test_older_items_follow_on_pages_until_all_were_shown(client, name, monkeypatch):
    monkeypatch.setattr(feeds, "FEED_SIZE", 2)
    for day in range(1, 6):
        make_update(f"{day}", date=dt.date(2020, 8, day), public=True)
    address, seen = "/en/belarus/" + name, []
    while address:
        seen += titles_at(client, name, address)
        address = next_of(client, name, address)
    assert seen == ["5", "4", "3", "2", "1"]


def titles_at(client, name, address):
    base, _slash, rest = address.rpartition("/")
    return titles(client, name, rest.removeprefix(name), base=f"{base}/")


def next_of(client, name, address):
    if name == "feed.json":
        link = parsed(client, address).get("next_url", "")
    else:
        root = atom(client, address) if name == "feed.atom" else rss(client, address)
        link = next((one.get("href") for one in root.iterfind("a:link[@rel='next']", NAMES)), "")
    return link.removeprefix("http://testserver")


# --- Atom (RFC 4287) ---


def test_atom_has_what_the_standard_asks_of_a_feed(client):
    make_organisation()
    make_update(public=True)
    feed = atom(client)
    links = {link.get("rel"): link.get("href") for link in feed.iterfind("a:link", NAMES)}
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    assert links["self"] == "http://testserver/en/belarus/feed.atom"
    assert links["alternate"] == "http://testserver/en/belarus/"
    assert feed.find("a:id", NAMES).text
    assert feed.find("a:author/a:name", NAMES).text == "Witness Line"
    assert dt.datetime.fromisoformat(feed.find("a:updated", NAMES).text).tzinfo


def test_atom_has_what_the_standard_asks_of_an_entry(client):
    make_update("Stop reprisals", slug="reprisals", summary_en="In short.", tags=[make_tag("Torture")], public=True)
    entry = atom(client).find("a:entry", NAMES)
    assert uuid.UUID(entry.find("a:id", NAMES).text)
    assert entry.find("a:link", NAMES).get("href") == "http://testserver/en/belarus/updates/reprisals/"
    assert entry.find("a:summary", NAMES).text == "In short."
    assert entry.find("a:content", NAMES).get("type") == "html"
    assert [category.get("term") for category in entry.iterfind("a:category", NAMES)] == ["statement", "torture"]
    for name in ("published", "updated"):
        assert dt.datetime.fromisoformat(entry.find(f"a:{name}", NAMES).text).tzinfo


def test_an_atom_id_stays_when_the_address_changes(client):
    update = make_update(slug="old", public=True)
    before = atom(client).find("a:entry/a:id", NAMES).text
    update.slug = "new"
    publish_item(save_item(update))
    assert atom(client).find("a:entry/a:id", NAMES).text == before


def test_atom_ids_differ_between_languages(client):
    make_update(public=True)
    ids = {atom(client, f"/{code}/belarus/feed.atom").find("a:entry/a:id", NAMES).text for code in ("en", "fr")}
    assert len(ids) == 2


def test_a_text_in_another_language_says_so(client):
    make_update("Stop reprisals", public=True)
    feed = atom(client, "/fr/belarus/feed.atom")
    assert feed.get(XML_LANG) == "fr"
    assert feed.find("a:entry/a:title", NAMES).get(XML_LANG) == "en"


def test_atom_names_who_published_the_news_of_others(client):
    make_update(publisher=make_partner("Reporters"), url="https://example.net/report", public=True)
    assert atom(client).find("a:entry/a:author/a:name", NAMES).text == "Reporters"


def test_a_filtered_feed_names_its_filter_and_itself(client):
    make_update(public=True)
    feed = atom(client, "/en/belarus/feed.atom?year=2020&kind=statement")
    assert feed.find("a:title", NAMES).text == "All Eyes on Belarus: Kind: Statement; Year: 2020"
    assert feed.find("a:id", NAMES).text.endswith("/feed.atom?kind=statement&year=2020")


@pytest.mark.parametrize("name", FEEDS)
def test_the_feed_of_a_site_without_anything_is_a_valid_one(client, name):
    assert titles(client, name, base="/en/search/") == []


# RFC 4287, 4.1.1 and 4.1.2: what stands exactly once, and what at most once.
ONCE = ["id", "title", "updated"]
AT_MOST_ONCE = [*ONCE, "subtitle", "published", "summary", "content", "rights", "generator", "icon", "logo"]


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_an_atom_feed_keeps_every_rule_of_the_standard(client, language):
    update = make_update("One", body_en="<p>Words</p>", tags=[make_tag("Torture")], kind="joint-letter")
    update.co_publishers.set([make_partner("Viasna"), make_partner("Legal Line")])
    publish_item(update)
    make_story(public=True)
    make_update("", title_ru="Два", language="ru", public=True)
    feed = atom(client, f"/{language}/belarus/feed.atom")
    found = [feed, *feed.iterfind("a:entry", NAMES)]
    assert [faults_of(one) for one in found] == [[]] * 4
    assert len({one.find("a:id", NAMES).text for one in found}) == 4


def faults_of(one):
    counts = {name: len(one.findall(f"a:{name}", NAMES)) for name in AT_MOST_ONCE}
    links = [(link.get("rel"), link.get("type"), link.get("hreflang")) for link in one.iterfind("a:link", NAMES)]
    faults = [name for name in ONCE if counts[name] != 1 or not one.find(f"a:{name}", NAMES).text]
    faults += [name for name in AT_MOST_ONCE if counts[name] > 1]
    faults += [link for link in links if links.count(link) > 1]
    faults += [link.get("href") for link in one.iterfind("a:link", NAMES) if "://" not in link.get("href")]
    return faults + [person for person in one.iterfind("a:author", NAMES) if not person.findtext("a:name", "", NAMES)]


def test_an_empty_feed_is_a_valid_one(client):
    make_situation()
    assert dt.datetime.fromisoformat(atom(client).find("a:updated", NAMES).text)


# --- RSS 2.0, JSON Feed 1.1 ---


def test_rss_has_what_its_readers_look_for(client):
    make_update("Stop reprisals", slug="reprisals", body_en="<p>All of it.</p>", public=True)
    channel = rss(client)
    item = channel.find("item")
    assert {"title", "link", "description", "language"} <= {child.tag for child in channel}
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.find("link").text == "http://testserver/en/belarus/updates/reprisals/"
    assert parsedate_to_datetime(item.find("pubDate").text).tzinfo
    assert "<p>All of it.</p>" in item.find("c:encoded", NAMES).text


def test_json_feed_has_what_its_standard_asks(client):
    make_update("Stop reprisals", slug="reprisals", public=True)
    feed = parsed(client)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "http://testserver/en/belarus/feed.json"
    (item,) = feed["items"]
    assert item["url"] == "http://testserver/en/belarus/updates/reprisals/"
    assert item["id"].startswith("urn:uuid:")
    assert dt.datetime.fromisoformat(item["date_published"]).tzinfo
    assert "content_html" in item


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("feed.atom", "application/atom+xml; charset=utf-8"),
        ("feed.rss", "application/rss+xml; charset=utf-8"),
        ("feed.json", "application/feed+json; charset=utf-8"),
    ],
)
def test_a_feed_says_what_it_is(client, name, kind):
    make_situation()
    assert client.get(f"/en/belarus/{name}")["Content-Type"] == kind
