"""Public pages cost little the second time, and never outlive what they show."""

import datetime as dt
import gzip

import brotli
import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publishing.workflow import entries, transitions
from tests.support.factories import make_alert, make_situation, make_staff, make_update, publish_item, save_item
from timeline.serving import caching

pytestmark = pytest.mark.django_db
PAGE = "/en/belarus/"


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def get(client, address=PAGE, **headers):
    return client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})


def tag(client, address=PAGE):
    return get(client, address)["ETag"]


# --- What the second visit costs ---


def test_who_has_the_page_is_told_so_without_drawing_it(client, django_assert_num_queries):
    make_update(public=True)
    known = tag(client)
    with django_assert_num_queries(1):
        answer = get(client, if_none_match=known)
    assert (answer.status_code, answer.content) == (304, b"")


def test_a_hot_page_is_not_drawn_again(client, django_assert_num_queries):
    make_update("Stop reprisals", public=True)
    first = get(client)
    with django_assert_num_queries(1):
        again = get(client)
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"]


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("gzip, br;q=0", "gzip"),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("", None),
        ("identity", None),
        ("gzip;q=0", None),
        ("\x00;;q=,", None),
    ],
)
def test_bytes_come_as_the_reader_takes_them(client, accepted, sent):
    make_update("Stop reprisals", public=True)
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
    for _visit in (1, 2):
        answer = get(client, accept_encoding=accepted)
        assert answer.get("Content-Encoding") == sent
        assert b"Stop reprisals" in unpack[sent](answer.content)


def test_the_tag_is_the_same_in_every_encoding(client):
    make_update(public=True)
    assert get(client, accept_encoding="br")["ETag"] == get(client, accept_encoding="gzip")["ETag"]


# --- What it never outlives ---


def test_everybody_has_to_ask_each_time(client):
    make_update(public=True)
    assert get(client)["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_a_page_differs_by_encoding_alone(client):
    make_update(public=True)
    assert get(client)["Vary"] == "Accept-Encoding"
    assert not get(client).cookies


def test_a_release_is_seen_at_once(client):
    make_update("First", public=True)
    known = tag(client)
    make_update("Second", public=True)
    assert "Second" in get(client, if_none_match=known).content.decode()


def test_a_withdrawal_is_seen_at_once(client):
    update = make_update("Stop reprisals", public=True)
    known = tag(client)
    transitions.withdraw(update, reason="consent withdrawn")
    assert "Stop reprisals" not in get(client, if_none_match=known).content.decode()


def test_the_page_of_a_withdrawn_item_is_gone_for_who_has_it(client):
    update = make_update(slug="reprisals", public=True)
    known = tag(client, "/en/belarus/updates/reprisals/")
    transitions.withdraw(update, reason="consent withdrawn")
    answer = get(client, "/en/belarus/updates/reprisals/", if_none_match=known)
    assert answer.status_code == 410
    assert "no-store" in answer["Cache-Control"]


def test_what_is_scheduled_appears_at_its_moment_though_the_page_is_hot(client):
    make_update("Now", public=True)
    hour = timezone.now() + dt.timedelta(seconds=20)
    publish_item(make_update("Later"), at=hour)
    known = tag(client)
    with time_machine.travel(hour + dt.timedelta(seconds=1)):
        assert "Later" in get(client, if_none_match=known).content.decode()


def test_an_alert_ends_at_its_moment_though_the_page_is_hot(client):
    make_update(public=True)
    make_alert("Take care on the route", hours=1)
    known = tag(client)
    assert "Take care" in get(client).content.decode()
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1, seconds=1)):
        assert "Take care" not in get(client, if_none_match=known).content.decode()


def test_entries_drawn_anew_are_seen_at_once(client):
    make_update(public=True)
    known = tag(client)
    entries.rebuild_entries()
    assert get(client, if_none_match=known).status_code == 200


def test_a_page_is_drawn_anew_after_a_minute(client):
    make_update(public=True)
    get(client)
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=61)), CaptureQueriesContext(connection) as queries:
        get(client)
    assert len(queries) > 1


def test_a_page_that_depends_on_more_than_releases_says_so():
    words = ["one"]
    view = caching.cache_public_page(also=lambda: words[-1])(lambda request: HttpResponse(words[-1]))
    first = view(RequestFactory().get("/"))
    words.append("two")
    again = view(RequestFactory().get("/", headers={"if-none-match": first["ETag"]}))
    assert (again.status_code, again.content) == (200, b"two")


# --- What is never kept ---


def test_staff_and_visitors_are_shown_the_same_bytes(client):
    make_update(public=True)
    client.force_login(make_staff())
    mine = get(client).content
    client.logout()
    assert get(client).content == mine


@pytest.mark.parametrize("address", ["/en/nowhere/", "/en/belarus/updates/nothing/", "/en/belarus/?year=x"])
def test_what_is_not_there_is_not_kept(client, address):
    make_update(public=True)
    before = len(cache._cache)
    assert "no-store" in get(client, address)["Cache-Control"]
    assert len(cache._cache) == before


def test_a_page_that_became_public_is_found_where_there_was_none(client):
    make_situation()
    update = make_update(slug="reprisals")
    assert get(client, "/en/belarus/updates/reprisals/").status_code == 404
    publish_item(save_item(update))
    assert get(client, "/en/belarus/updates/reprisals/").status_code == 200


def test_a_query_no_view_reads_is_not_kept(client):
    make_update(public=True)
    before = len(cache._cache)
    get(client, f"{PAGE}?fbclid=somebody")
    assert len(cache._cache) == before


def test_a_flood_of_queries_does_not_fill_the_memory(client, monkeypatch):
    make_update(public=True)
    monkeypatch.setattr(caching, "MAX_FILTERED_PAGES", 3)
    before = len(cache._cache)
    for year in range(1900, 1920):
        get(client, f"{PAGE}?year={year}")
    assert len(cache._cache) - before <= 3 + 2  # and the counter of this minute, and of the next


@pytest.mark.parametrize("answer", [{"set_cookie": ("a", "b")}, {"__setitem__": ("Cache-Control", "no-store")}])
def test_an_answer_with_a_cookie_or_no_store_passes_through(answer):
    def view(request):
        response = HttpResponse("mine")
        for name, arguments in answer.items():
            getattr(response, name)(*arguments)
        return response

    response = caching.cache_public_page(view)(RequestFactory().get("/"))
    assert "ETag" not in response
    assert not [key for key in cache._cache if "page:" in key]


def test_only_reading_is_kept():
    seen = []
    view = caching.cache_public_page(lambda request: seen.append(request.method) or HttpResponse("x"))
    for _time in (1, 2):
        view(RequestFactory().post("/"))
    assert seen == ["POST", "POST"]


# --- When the cache is gone ---


def test_reading_goes_on_without_the_cache(client, settings):
    make_update("Stop reprisals", public=True)
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    answer = get(client)
    assert answer.status_code == 200
    assert "Stop reprisals" in answer.content.decode()
