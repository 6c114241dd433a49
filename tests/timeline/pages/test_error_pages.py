import pytest
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext

from tests.support.factories import make_organisation, make_situation
from tests.support.html import get_texts, parse_page
from timeline.pages import errors

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def belarus(module_database):
    make_organisation()
    return make_situation()


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


JUNK_QUERIES = [
    "kind=%00",
    "kind=report%0d%0aSet-Cookie:x",
    "year=twenty",
    "month=2020-13",
    "in=../../etc",
    "before=junk",
    "before=%ff%fe",
    "before=MjAyMC0wOC0xNC45OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
    "tag=" + "x" * 300,
    "q=" + "x" * 3000,
    "section=%ed%a0%80",
]


@pytest.mark.parametrize("query", JUNK_QUERIES)
@pytest.mark.parametrize("path", ["/en/belarus/", "/en/search/"])
def test_junk_in_a_query_is_answered_in_a_sentence(client, path, query):
    response = client.get(f"{path}?{query}")
    assert response.status_code in {200, 400}
    if response.status_code == 400:
        assert get_texts(parse_page(response), ".//h1") == ["We cannot read this address"]


@pytest.mark.parametrize(
    "path",
    [
        "/en/%00/",
        "/en/belarus/updates/%2e%2e/",
        "/en/<script>/",
        "/xx/belarus/",
        "/en/belarus/updates/",
        "/en/é/",
        "/%ff",
    ],
)
def test_junk_in_a_path_is_an_address_that_is_not_here(client, path):
    assert client.get(path, follow=True).status_code == 404


def test_a_page_that_is_not_here_helps_to_find_others(client):
    response = client.get("/en/nothing/")
    root = parse_page(response)
    assert response.status_code == 404
    assert get_texts(root, ".//h1") == ["This page does not exist"]
    assert root.find(".//main//form").get("action") == "/en/search/"
    assert [item.get("lang") for item in root.findall(".//ul[@class='many']/li")] == ["fr", "es", "ru", "be", "ar"]


@pytest.mark.parametrize("path", ["/en/xyzzy/", "/en/belarus/updates/xyzzy/", "/en/belarus/?before=xyzzy"])
def test_an_error_page_does_not_repeat_its_address_and_is_kept_by_nobody(client, path):
    response = client.get(path)
    assert "xyzzy" not in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert parse_page(response).find("head/link[@rel='canonical']") is None


def test_an_arabic_error_page_runs_from_right_to_left(client):
    assert parse_page(client.get("/ar/nothing/")).get("dir") == "rtl"


def test_a_failure_is_said_without_the_database(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr(connection, "cursor", None)
    response = client.get("/ar/belarus/")
    root = parse_page(response)
    assert (response.status_code, root.get("lang")) == (500, "ar")
    with translation.override("ar"):
        assert get_texts(root, ".//h1") == [gettext("Something went wrong")]
    assert "Traceback" not in response.content.decode()


def test_a_form_from_elsewhere_is_refused_on_a_page_of_ours(rf: RequestFactory):
    with translation.override("en"):
        response = errors.permission_denied(rf.get("/en/"))
    assert response.status_code == 403
    assert get_texts(parse_page(response), ".//h1") == ["This request was refused"]


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_are_read_and_nothing_else(client, method):
    assert getattr(client, method)("/en/belarus/").status_code == 405
