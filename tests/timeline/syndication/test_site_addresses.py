"""Addresses that belong to no language: the way in, robots.txt, security.txt and the sitemap."""

import datetime as dt
import xml.etree.ElementTree as ET

import pytest
import time_machine
from django.utils import timezone

from publishing.models import Entry
from publishing.workflow import transitions
from tests.support.factories import make_organisation, make_situation, make_story, make_update, publish_item
from timeline.syndication import sitemaps

pytestmark = pytest.mark.django_db
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


# --- The way in ---


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("fr", "/fr/"),
        ("be-BY, ru;q=0.8, en;q=0.5", "/be/"),
        ("uk, ru;q=0.5", "/ru/"),
        ("zh, de", "/en/"),
        ("", "/en/"),
        ("*", "/en/"),
        ("en;q=x, \x00", "/en/"),
        ("a" * 5000, "/en/"),
    ],
)
def test_the_bare_address_leads_to_the_language_of_the_browser(client, asked, answered):
    answer = client.get("/", headers={"accept-language": asked})
    assert (answer.status_code, answer["Location"]) == (302, answered)


def test_the_bare_address_neither_reads_nor_sets_a_cookie(client):
    client.cookies["django_language"] = "fr"
    answer = client.get("/", headers={"accept-language": "ar"})
    assert answer["Location"] == "/ar/"
    assert not answer.cookies
    assert "Cookie" not in answer["Vary"]


# --- robots.txt, security.txt ---


def test_robots_may_read_everything_but_the_desk(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert [line for line in lines if line.startswith("Disallow")] == ["Disallow: /admin/"]
    assert "Sitemap: http://testserver/sitemap.xml" in lines


@pytest.mark.parametrize("days", [0, 400])
def test_security_txt_always_runs_out_within_a_year(client, days):
    with time_machine.travel(timezone.now() + dt.timedelta(days=days)):
        fields = dict(
            line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().splitlines()
        )
        expires = dt.datetime.fromisoformat(fields["Expires"])
        assert dt.timedelta(days=30) < expires - timezone.now() < dt.timedelta(days=365)


def test_security_txt_names_the_contact_of_the_organisation(client):
    make_organisation(contact="safety@example.org")
    assert "Contact: mailto:safety@example.org\n" in client.get("/.well-known/security.txt").content.decode()


def test_security_txt_names_a_page_where_there_is_no_contact(client):
    assert "Contact: http://testserver/en/about/\n" in client.get("/.well-known/security.txt").content.decode()


# --- The sitemap ---


def tree(client, address="/sitemap.xml"):
    return ET.fromstring(b"".join(client.get(address).streaming_content))  # noqa: S314 - our own


def listed(client, address="/sitemap.xml"):
    return [loc.text.removeprefix("http://testserver") for loc in tree(client, address).iterfind("s:url/s:loc", NAMES)]


def test_the_sitemap_lists_items_in_every_language(client):
    make_update(slug="reprisals", public=True)
    make_story(slug="in-the-van", public=True)
    addresses = listed(client)
    for path in ("", "belarus/", "belarus/updates/reprisals/", "belarus/stories/in-the-van/"):
        assert {f"/{code}/{path}" for code in ("en", "fr", "es", "ru", "be", "ar")} <= set(addresses)


def test_the_sitemap_lists_each_address_once(client):
    make_update(public=True)
    addresses = listed(client)
    assert len(addresses) == len(set(addresses))


def test_every_address_of_the_sitemap_answers_200(client):
    make_organisation()
    make_update(public=True)
    make_story(public=True)
    assert {address: client.get(address).status_code for address in listed(client)} == dict.fromkeys(
        listed(client), 200
    )


def test_the_sitemap_names_the_other_languages_of_a_page(client):
    make_update(slug="reprisals", public=True)
    page = next(url for url in tree(client) if url.find("s:loc", NAMES).text.endswith("/ru/belarus/updates/reprisals/"))
    others = {link.get("hreflang"): link.get("href") for link in page.iterfind("x:link", NAMES)}
    assert others["ar"] == "http://testserver/ar/belarus/updates/reprisals/"
    assert set(others) == {"en", "fr", "es", "ru", "be", "ar", "x-default"}


def test_the_sitemap_says_when_an_item_changed(client):
    update = make_update(slug="reprisals", public=True)
    page = next(url for url in tree(client) if "updates/reprisals" in url.find("s:loc", NAMES).text)
    changed = Entry.objects.filter(uid=update.uid).first().changed
    assert page.find("s:lastmod", NAMES).text == f"{changed:%Y-%m-%dT%H:%M:%SZ}"


def test_drafts_scheduled_and_withdrawn_items_are_not_in_the_sitemap(client):
    make_situation()
    make_update(slug="draft")
    publish_item(make_update(slug="later"), at=timezone.now() + dt.timedelta(hours=1))
    transitions.withdraw(make_update(slug="gone", public=True), reason="wrong")
    assert not [address for address in listed(client) if "/updates/" in address]


def test_a_long_sitemap_is_an_index_of_files_that_hold_every_page_once(client, monkeypatch):
    for _number in range(5):
        make_update(public=True)
    whole = listed(client)
    monkeypatch.setattr(sitemaps, "MAX_ADDRESSES", 24)
    files = [loc.text.removeprefix("http://testserver") for loc in tree(client).iterfind("s:sitemap/s:loc", NAMES)]
    parts = [address for file in files for address in listed(client, file)]
    assert len(files) > 1
    assert sorted(parts) == sorted(whole)
    assert all(len(listed(client, file)) <= 24 for file in files)


def test_the_index_says_when_anything_in_a_file_changed(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "MAX_ADDRESSES", 24)
    make_situation()
    for month in (1, 2, 3, 4, 5):
        with time_machine.travel(f"2021-{month:02}-01T12:00:00Z", tick=False):
            make_update(public=True)
    files = tree(client).findall("s:sitemap", NAMES)
    newest = [max(moments(client, number), default=None) for number in range(1, len(files) + 1)]
    assert [file.findtext("s:lastmod", None, NAMES) for file in files] == newest
    assert "2021-05-01T12:00:00Z" in newest


def moments(client, number):
    return [one.text for one in tree(client, f"/sitemap-{number}.xml").iterfind("s:url/s:lastmod", NAMES)]


def test_a_situation_changed_when_the_newest_of_its_items_did(client):
    with time_machine.travel("2021-01-01T12:00:00Z", tick=False):
        make_situation()
    with time_machine.travel("2021-02-01T12:00:00Z", tick=False):
        make_update(public=True)
    page = next(url for url in tree(client) if url.find("s:loc", NAMES).text.endswith("/en/belarus/"))
    assert page.find("s:lastmod", NAMES).text == "2021-02-01T12:00:00Z"


def test_no_file_can_outgrow_what_the_standard_allows(settings):
    slug = "a" * 64
    settings.SITE_URL = f"https://{'a' * 56}.onion"
    languages = [code for code, _label in settings.LANGUAGES]
    path = f"{slug}/updates/{slug}/"
    page = "".join(sitemaps.render_url_elements(settings.SITE_URL, path, timezone.now(), languages))
    pages = sitemaps.get_pages_per_file()
    assert pages * len(languages) <= 50_000
    assert len(page) * pages < 50 * 1024 * 1024


def test_the_parts_of_an_address_stand_in_the_order_of_the_schema(client):
    make_update(public=True)
    names = {tuple(part.tag.partition("}")[2] for part in url) for url in tree(client)}
    assert {one for one in names if "lastmod" in one} == {("loc", "lastmod", *["link"] * 7)}
    assert {one for one in names if "lastmod" not in one} <= {("loc", *["link"] * 7)}


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999"])
def test_a_file_beyond_the_sitemap_is_not_there(client, number):
    make_situation()
    assert client.get(f"/sitemap-{number}.xml").status_code == 404
