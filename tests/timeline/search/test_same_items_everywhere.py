"""Page, feeds, files and API of one filter show the same items: what is not found in one is in none."""

import csv
import datetime as dt
import io
import json
import re
import xml.etree.ElementTree as ET
from itertools import combinations

import openpyxl
import pytest

from tests.support.factories import make_partner, make_situation, make_story, make_tag, make_update
from timeline.search import results
from timeline.syndication import api, embed, feeds

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ATOM = {"a": "http://www.w3.org/2005/Atom"}
HOST = "http://testserver"

QUERIES = [
    "",
    "kind=report",
    "kind=report&kind=statement",
    "kind=testimony",
    "tag=torture",
    "tag=torture&tag=women",
    "tag=women&kind=report",
    "partner=viasna",
    "partner=viasna&partner=reporters",
    "partner=viasna&section=stories",
    "in=be",
    "in=be&in=ru&kind=testimony",
    "in=en&tag=torture",
    "year=2020",
    "year=2020&year=2021",
    "year=2021&kind=report&tag=torture",
    "month=2020-08",
    "month=2020-08&month=2021-01",
    "month=2021-01&year=2020",
    "section=updates",
    "section=stories&section=news",
    "section=news&year=2019",
    "q=reprisals",
    "q=report+torture",
    "q=Ціханоўскую",
    "q=reprisals&kind=statement&year=2020",
    "q=reprisals&order=date",
    "q=torture&tag=women",
    "q=reprisals&month=2020-08&month=2021-01",
    "q=news&partner=reporters&section=news",
    "kind=nonsense",
    "tag=women&in=be",
    "utm_source=junk&kind=blog",
    "situation=routes",
    "text=own",
    "text=own&kind=statement&year=2020",
    "text=own&section=stories",
    "text=own&q=reprisals",
    "text=own&situation=routes&kind=report",
    "since=2020-08-14&kind=report",
    "month=2020-08&section=updates&since=2999-01-01",
    "q=torture&since=2020-08-14&order=date",
    "q=%22a+report+on+torture%22&text=own",
    "situation=routes&situation=belarus&month=2020-08&in=en",
]
# Each of them with each of the others.
PARTS = [
    "q=reprisals", "kind=report&kind=testimony&kind=media", "tag=torture", "partner=viasna&partner=reporters",
    "in=en&in=be", "year=2020&year=2019", "month=2020-08&month=2019-05&month=2020-09", "section=updates&section=news",
    "text=own", "since=2020-08-14",
]  # fmt: skip
PAIRS = ["&".join(pair) for pair in combinations(PARTS, 2)]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    """So that all of the archive has several."""
    for module, name in ((results, "PAGE_SIZE"), (feeds, "FEED_SIZE"), (api, "API_PAGE_SIZE")):
        monkeypatch.setattr(module, name, 4)


@pytest.fixture(scope="module", autouse=True)
def archive(module_database):
    """Two dozen items that differ in everything one can filter by."""
    belarus, routes = make_situation("belarus"), make_situation("routes")
    torture, women = make_tag("Torture"), make_tag("Women")
    for number, precision in enumerate(["day", "day", "month", "year", "undated"] * 3):
        make_update(
            f"Stop reprisals {number}",
            situation=routes if number % 5 == 1 else belarus,
            kind=["statement", "report", "blog"][number % 3],
            date=dt.date(2020, 8, 1) + dt.timedelta(days=20 * number),
            date_precision=precision,
            tags=[[torture], [torture, women], []][number % 3 if number % 4 else 2],
            body_en="<p>A report on torture.</p>" if number % 2 else "",
            public=True,
        )
    for number in range(4):
        make_update(f"News {number}", situation=belarus, kind="media", publisher=make_partner("Reporters"),
                    date=dt.date(2019, 5, 1 + number), public=True)  # fmt: skip
        make_story(situation=belarus, original_language=["be", "ru"][number % 2], public=True)
    make_update("Draft", situation=belarus)


def on_pages(client, address):
    """The addresses of items on a list and the pages after it."""
    seen = []
    while address:
        page = client.get(address).content.decode()
        main = page.partition("<main")[2]
        for article in re.findall(r'<article class="entry.*?</article>', main, re.DOTALL):
            seen += re.findall(r'href="(/en/[a-z]+/(?:updates|stories)/[^"/]+/)"', article)[:1]
        following = re.search(r'href="([^"]*[?;]before=[^"]+)"', main)
        address = following[1].replace("&amp;", "&") if following else ""
    return seen


def in_atom(client, address):
    while address:
        feed = ET.fromstring(client.get(address).content)  # noqa: S314 - our own
        yield from (link.get("href") for link in feed.iterfind("a:entry/a:link[@rel='alternate']", ATOM))
        address = next((link.get("href") for link in feed.iterfind("a:link[@rel='next']", ATOM)), "")


def in_rss(client, address):
    while address:
        channel = ET.fromstring(client.get(address).content).find("channel")  # noqa: S314
        yield from (link.text for link in channel.iterfind("item/link"))
        address = next((link.get("href") for link in channel.iterfind("a:link[@rel='next']", ATOM)), "")


def in_json_feed(client, address):
    while address:
        feed = json.loads(client.get(address).content)
        yield from (item["url"] for item in feed["items"])
        address = feed.get("next_url")


def in_api(client, address):
    while address:
        page = json.loads(client.get(address).content)
        yield from (row["url"] for row in page["results"])
        address = page["next"]


def in_csv(client, address):
    text = b"".join(client.get(address).streaming_content).decode()
    return [row["url"] for row in csv.DictReader(io.StringIO(text, newline=""))]


def in_json(client, address):
    return [row["url"] for row in json.loads(b"".join(client.get(address).streaming_content))]


def in_xlsx(client, address):
    data = b"".join(client.get(address).streaming_content)
    names, *lines = openpyxl.load_workbook(io.BytesIO(data), read_only=True).active.iter_rows(values_only=True)
    return [line[names.index("url")] for line in lines]


def in_frame(client, address):
    """The addresses that the page for other sites leads to; only the newest."""
    page = client.get(address).content.decode()
    return re.findall(r'href="(/en/[a-z]+/(?:updates|stories)/[^"/]+/)"', page)


def paths(urls):
    return [url.removeprefix(HOST) for url in urls]


@pytest.mark.parametrize("query", QUERIES + PAIRS)
def test_every_surface_shows_the_items_of_the_filter(client, query):
    base = "/en/search/" if "situation" in query else "/en/belarus/"
    scope = "" if "situation" in query else "&situation=belarus"
    feed = paths(in_atom(client, f"{base}feed.atom?{query}"))
    assert paths(in_rss(client, f"{base}feed.rss?{query}")) == feed
    assert paths(in_json_feed(client, f"{base}feed.json?{query}")) == feed
    assert paths(in_csv(client, f"{base}export.csv?{query}")) == feed
    assert paths(in_json(client, f"{base}export.json?{query}")) == feed
    assert paths(in_xlsx(client, f"{base}export.xlsx?{query}")) == feed
    if scope:
        assert in_frame(client, f"{base}embed/?{query}") == feed[: embed.EMBED_SIZE]
    # The API refuses a parameter that there is not; everything else passes it over.
    known = "&".join(part for part in query.split("&") if not part.startswith("utm_"))
    assert paths(in_api(client, f"/api/v1/entries?{known}{scope}")) == feed
    assert sorted(set(on_pages(client, f"{base}?{query}"))) == sorted(feed)
    assert len(feed) == len(set(feed))


def test_the_table_is_worth_its_name(client):
    """Most filters find something, few find all, and several need more than one page."""
    queries = QUERIES + PAIRS
    found = {query: len(list(in_atom(client, f"/en/belarus/feed.atom?{query}"))) for query in queries}
    assert found[""] == 20
    assert sum(bool(count) for count in found.values()) > len(queries) * 2 / 3
    assert sum(4 < count < 20 for count in found.values()) > len(queries) / 3
