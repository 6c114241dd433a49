"""The layer in front of Django: the same answer to the byte, and never one that is no longer true."""

import datetime as dt
import io
import sqlite3
from contextlib import closing

import pytest
import time_machine
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from publishing.workflow import transitions
from tests.support.factories import make_organisation, make_situation, make_story, make_update, publish_item, save_item
from timeline.serving import hot_pages
from timeline.serving.hot_pages import HotPages

pytestmark = pytest.mark.django_db
PAGES = [
    "/en/",
    "/ar/belarus/",
    "/en/belarus/?kind=report",
    "/en/belarus/feed.atom",
    "/ru/about/",
    "/en/belarus/embed/",
]


class Browser:
    """Asks a WSGI application and remembers how often Django was asked."""

    def __init__(self):
        self.drawn = 0
        self.django = WSGIHandler()
        self.layer = HotPages(self.count)

    def count(self, environ, start_response):
        self.drawn += 1
        return self.django(environ, start_response)

    def get(self, address, *, application=None, method="GET", **headers):
        """(status, headers as a sorted list, body)."""
        path, _mark, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "testserver",
            "SERVER_PORT": "80", "HTTP_HOST": "testserver", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        }  # fmt: skip
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        told = []
        answer = (application or self.layer)(environ, lambda *words: told.append(words))
        body = b"".join(answer)
        return told[0][0], sorted(told[0][1]), body


@pytest.fixture
def browser(monkeypatch):
    # The database of the tests has no file of its own to be looked at: it is asked each time.
    monkeypatch.setattr(hot_pages, "POLL_SECONDS", 1e-9)
    cache.clear()
    make_organisation()
    make_situation("belarus")
    return Browser()


def words(answer):
    return answer[2].decode()


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("encoding", ["br", "gzip", "identity", "", "br;q=0, gzip;q=0.5"])
def test_a_hot_answer_is_the_same_as_djangos_to_the_byte(browser, address, encoding):
    make_update(kind="report", public=True)
    headers = {"accept_encoding": encoding}
    cold = browser.get(address, application=browser.django, **headers)
    browser.get(address, **headers)
    before = browser.drawn
    assert browser.get(address, **headers) == cold
    assert browser.drawn == before


def test_who_has_the_page_is_told_so_in_djangos_own_words(browser):
    make_update(public=True)
    tag = dict(browser.get("/en/belarus/")[1])["ETag"]
    cold = browser.get("/en/belarus/", application=browser.django, if_none_match=tag)
    browser.get("/en/belarus/", if_none_match=tag)
    before = browser.drawn
    assert browser.get("/en/belarus/", if_none_match=tag) == cold
    assert (cold[0], browser.drawn) == ("304 Not Modified", before)


@pytest.mark.parametrize("known", ['W/"x"', '"a", "b"', "nonsense"])
def test_who_has_an_older_page_gets_this_one(browser, known):
    make_update("Stop reprisals", public=True)
    browser.get("/en/belarus/")
    assert "Stop reprisals" in words(browser.get("/en/belarus/", if_none_match=known))


@pytest.mark.parametrize("known", ["*", '"x", {tag}', '{tag} , W/"y"'])
def test_a_list_of_tags_is_read_as_the_standard_says(browser, known):
    tag = dict(browser.get("/en/belarus/")[1])["ETag"]
    asked = known.format(tag=tag)
    cold = browser.get("/en/belarus/", application=browser.django, if_none_match=asked)
    assert browser.get("/en/belarus/", if_none_match=asked) == cold


def test_a_release_is_seen_at_once(browser):
    browser.get("/en/belarus/")
    update = make_update("New", public=True)
    assert "New" in words(browser.get("/en/belarus/"))
    update.title_en = "Newer"
    publish_item(save_item(update))
    assert "Newer" in words(browser.get("/en/belarus/"))


def test_what_was_withdrawn_is_gone_at_once(browser):
    update = make_update("Named", public=True)
    address = f"/en/belarus/updates/{update.slug}/"
    assert browser.get(address)[0] == browser.get(address)[0] == "200 OK"
    transitions.withdraw(update, reason="asked for")
    assert browser.get(address)[0] == "410 Gone"
    assert "Named" not in words(browser.get("/en/belarus/"))


def test_what_the_clock_shows_is_seen_at_its_moment(browser):
    now = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    with time_machine.travel(now, tick=False) as clock:
        update = make_update("At one")
        publish_item(update, at=now + dt.timedelta(seconds=30))
        assert "At one" not in words(browser.get("/en/belarus/"))
        clock.shift(29)
        assert "At one" not in words(browser.get("/en/belarus/"))
        clock.shift(1)
        assert "At one" in words(browser.get("/en/belarus/"))


def test_a_page_that_says_the_day_is_drawn_anew_at_midnight(browser):
    make_update(public=True)
    with time_machine.travel(dt.datetime(2026, 11, 20, 23, 59, 59, tzinfo=dt.UTC), tick=False) as clock:
        assert "2026-11-20" in words(browser.get("/en/belarus/"))
        clock.shift(1)
        assert "2026-11-21" in words(browser.get("/en/belarus/"))


def test_a_testimony_is_never_kept(browser):
    story = make_story(public=True)
    address = f"/en/{story.situation.slug}/stories/{story.slug}/"
    assert browser.get(address)[0] == "200 OK"
    browser.get(address)
    assert browser.drawn == 2


@pytest.mark.parametrize("address", ["/admin/login/", "/en/newsletter/", "/en/nothing/", "/readyz", "/robots.txt", "/"])
def test_nothing_else_is_kept(browser, address):
    browser.get(address)
    browser.get(address)
    assert browser.drawn == 2


def test_a_form_that_is_sent_always_reaches_django(browser):
    browser.get("/en/belarus/")
    browser.get("/en/belarus/", method="POST")
    assert browser.drawn == 2


def test_another_host_scheme_or_query_is_another_page(browser, settings):
    settings.ALLOWED_HOSTS = ["testserver", "example.onion"]
    browser.get("/en/belarus/")
    browser.get("/en/belarus/", host="example.onion")
    browser.get("/en/belarus/?order=date")
    browser.get("/en/belarus/", x_forwarded_proto="https")
    assert browser.drawn == 4


def test_made_up_filters_push_out_no_page_of_the_site(browser):
    browser.layer.filtered.limit = 50_000
    browser.get("/en/belarus/")
    for year in range(1000, 1200):
        browser.get(f"/en/belarus/?year={year}", accept_encoding="identity")
    before = browser.drawn
    browser.get("/en/belarus/")
    assert browser.drawn == before
    assert browser.layer.filtered.size <= 50_000


def test_memory_is_bounded_and_what_is_asked_for_stays(browser):
    store = hot_pages.PageStore(1000)
    for number in range(50):
        store.put(number, hot_pages.HotPage(("v", 1), "200 OK", [], b"x" * 90, "t"))
        store.pages[0].is_used = True
    assert store.size == sum(len(page.body) for page in store.pages.values()) <= 1000
    assert 0 in store.pages


def test_on_a_trial_nothing_is_kept(browser, settings):
    settings.TRIAL = True
    layer = HotPages(browser.count)
    browser.get("/en/belarus/", application=layer)
    browser.get("/en/belarus/", application=layer)
    assert browser.drawn == 2


@pytest.mark.sqlite
def test_sqlite_itself_says_that_somebody_committed(tmp_path, monkeypatch):
    file = tmp_path / "site.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE facts (n)")
        monkeypatch.setitem(connection.settings_dict, "NAME", str(file))
        watch = hot_pages.VersionWatch()
        before = watch.read_change(0)
        assert watch.read_change(10**6) == before
        other.execute("BEGIN")
        other.execute("INSERT INTO facts VALUES (1)")
        assert watch.read_change(10**6) == before
        other.execute("COMMIT")
        assert watch.read_change(10**6) != before
        watch.database.close()
