"""The page for frames on other sites: the only one that may stand in a frame, light, and of no harm there."""

import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache

from publishing.workflow import transitions
from tests.support.factories import make_organisation, make_situation, make_story, make_update
from tests.support.html import get_entries, get_texts, parse_page

pytestmark = pytest.mark.django_db
EMBED = "/en/belarus/embed/"


@pytest.fixture(autouse=True)
def belarus():
    cache.clear()
    make_organisation()
    return make_situation(title_en='All "Eyes" on Belarus', title_ar="كل العيون")


def get(client, address=EMBED):
    return parse_page(client.get(address))


def test_only_this_page_may_stand_in_a_frame(client):
    for _visit in ("first", "kept"):
        headers = client.get(EMBED).headers
        assert "frame-ancestors *" in headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in headers
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    for address in ("/en/belarus/", "/en/search/", "/en/belarus/feed.atom", "/en/", "/api/v1/entries"):
        headers = client.get(address).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"


def test_what_is_said_where_there_is_no_such_page_may_not(client, belarus):
    refused = client.get(f"{EMBED}?year=20")
    transitions.withdraw(belarus, reason="the page is in danger")
    answers = [refused, client.get(EMBED), client.get("/en/nowhere/embed/"), client.post(EMBED)]
    assert [answer.status_code for answer in answers] == [400, 410, 404, 405]
    assert {answer.headers["X-Frame-Options"] for answer in answers} == {"DENY"}
    assert all("frame-ancestors 'none'" in answer.headers["Content-Security-Policy"] for answer in answers)


def test_a_reader_who_has_it_already_may_go_on_showing_it_in_a_frame(client):
    answer = client.get(EMBED, headers={"if-none-match": client.get(EMBED)["ETag"]})
    assert answer.status_code == 304
    assert "X-Frame-Options" not in answer.headers
    assert "frame-ancestors 'none'" not in answer.headers.get("Content-Security-Policy", "")


def test_it_is_as_closed_as_any_page_otherwise(client):
    policy = client.get(EMBED).headers["Content-Security-Policy"]
    assert all(part in policy for part in ("default-src 'none'", "base-uri 'none'", "form-action 'self'"))
    assert "unsafe" not in policy


def test_it_shows_the_newest_and_every_link_opens_the_full_page(client):
    updates = [make_update(f"{number}", public=True) for number in range(12)]
    root = get(client)
    assert len(get_entries(root)) == 10
    links = root.findall(".//a")
    assert {(link.get("target"), link.get("rel")) for link in links} == {("_blank", "noopener")}
    assert f"/en/belarus/updates/{updates[-1].slug}/" in [link.get("href") for link in links]
    assert all(link.get("href").startswith("/en/belarus/") for link in links)


def test_it_is_not_listed_and_names_the_timeline_as_its_place(client):
    answer = client.get(f"{EMBED}?kind=report")
    root = parse_page(answer)
    assert answer["X-Robots-Tag"] == "noindex"
    assert root.find("head/meta[@name='robots']").get("content") == "noindex"
    assert root.find("head/link[@rel='canonical']").get("href") == "http://testserver/en/belarus/"
    assert EMBED not in b"".join(client.get("/sitemap.xml").streaming_content).decode()


def test_it_keeps_to_the_filter_and_says_so(client):
    make_update("Report", kind="report", public=True)
    make_update("Statement", public=True)
    root = get(client, f"{EMBED}?kind=report&section=updates")
    assert get_texts(root, ".//h2") == ["Report"]
    assert get_texts(root, ".//main/p")[0] == "Kind: Report; Section: Updates"
    assert root.findall(".//main/p/a")[0].get("href") == "/en/belarus/?kind=report&section=updates"


def test_of_a_testimony_it_says_only_that_there_is_one(client):
    make_story(
        "Яны білі мяне", title_en="They beat me", summary_en="For days.", original_body="<p>Словы</p>", public=True
    )
    page = client.get(EMBED).content.decode()
    assert "Testimony in Belarusian" in page
    assert "beatings" in page  # the content note
    assert not re.search("білі|beat me|For days|Словы", page)


def test_a_testimony_without_consent_to_data_is_not_in_it(client):
    make_story(consent={"feed": False}, public=True)
    assert get_entries(get(client)) == {}


def test_it_is_light_without_script_cookie_or_form(client):
    for number in range(12):
        make_update(f"{number} {'Белорусские правозащитники ' * 5}", public=True)
    answer = client.get(EMBED)
    root = parse_page(answer)
    with open(finders.find("timeline/embed.css"), "rb") as sheet:
        assert len(answer.content) + len(sheet.read()) < 10_000
    assert not answer.cookies
    assert [root.findall(f".//{name}") for name in ("script", "form", "img")] == [[], [], []]


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_it_is_in_the_language_of_its_address(client, language, direction):
    make_update(public=True)
    root = get(client, f"/{language}/belarus/embed/")
    assert (root.get("lang"), root.get("dir")) == (language, direction)
    assert root.find(".//h2").get("lang") == (None if language == "en" else "en")


def test_drafts_are_not_found_and_withdrawn_places_gone(client, belarus):
    assert client.get("/en/nowhere/embed/").status_code == 404
    transitions.withdraw(belarus, reason="the page is in danger")
    assert client.get(EMBED).status_code == 410


def test_what_cannot_be_meant_answers_400(client):
    assert client.get(f"{EMBED}?year=20").status_code == 400


def test_it_costs_few_queries(client, django_assert_max_num_queries):
    for _number in range(12):
        make_update(public=True)
    with django_assert_max_num_queries(6):
        client.get(EMBED)


# --- The line to copy ---


def line(client, address):
    return get_texts(parse_page(client.get(address)), ".//details/p[@dir='ltr']")[-1]


def test_the_timeline_offers_the_line_to_copy(client):
    assert line(client, "/en/belarus/") == (
        '<iframe src="http://testserver/en/belarus/embed/" title="All &quot;Eyes&quot; on Belarus" width="100%" '
        'height="600" loading="lazy" referrerpolicy="no-referrer"></iframe>'
    )


def test_a_filtered_list_offers_its_own(client):
    make_update(kind="report", public=True)
    assert "/en/belarus/embed/?kind=report&amp;section=updates" in line(
        client, "/en/belarus/?section=updates&kind=report"
    )


def test_a_list_of_all_situations_has_none(client):
    assert parse_page(client.get("/en/search/")).findall(".//details") == []


@pytest.fixture
def elsewhere(live_server):
    """The address of a page on another origin that shows our page of the same path in a frame."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe src="{live_server.url}{self.path}"></iframe>'.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("path", "shown"), [(EMBED, True), ("/en/belarus/", False)])
def test_a_page_of_another_origin_may_show_it_and_no_other(browser, elsewhere, path, shown):
    make_update("Stop reprisals", public=True)
    page = browser.new_page()
    page.goto(elsewhere + path)
    assert ("Stop reprisals" in page.frames[-1].content()) is shown
    page.close()
