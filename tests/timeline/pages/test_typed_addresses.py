"""Addresses as hands make them: in capitals, from a poster, with what stood around them, on another keyboard."""

import pytest
from django.core.cache import cache

from tests.support.factories import make_situation, make_update

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def belarus():
    cache.clear()
    make_situation()
    make_update("Torture", slug="torture", public=True)


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        ("/EN/", "/en/"),
        ("/EN", "/en/"),
        ("/en/Belarus/", "/en/belarus/"),
        ("/En/BELARUS", "/en/belarus/"),
        ("/en/belarus/).", "/en/belarus/"),
        ("/en/belarus,", "/en/belarus/"),
        ("//en//belarus//", "/en/belarus/"),
        ("/en/bеlаrus/", "/en/belarus/"),  # two letters of it are Cyrillic
        ("/en/\u200bbelarus/", "/en/belarus/"),
        ("/en/belarus/Updates/Torture", "/en/belarus/updates/torture/"),
        ("/en/belarus/updates/torture»", "/en/belarus/updates/torture/"),
        ("/EN/About", "/en/about/"),
        ("/en/belarus/FEED.ATOM", "/en/belarus/feed.atom"),
    ],
)
def test_an_address_that_a_hand_made_leads_to_the_page(client, typed, page):
    answer = client.get(typed.replace("//en", "/en") if typed.startswith("//") else typed)
    assert (answer.status_code, answer["Location"]) == (301, page)
    assert client.get(page).status_code == 200


def test_what_was_asked_there_is_asked_here(client):
    assert client.get("/EN/Belarus/?kind=statement")["Location"] == "/en/belarus/?kind=statement"


@pytest.mark.parametrize(
    "path",
    ["/en/belarus/updates/nothing/", "/xx/belarus/", "/media/ABC.pdf", "/en/newsletter/confirm/ToKeN/", "/nothing"],
)
def test_what_is_no_address_stays_none(client, path):
    assert client.get(path).status_code in {400, 404, 410, 200}
    assert client.get(path).status_code != 301


def test_a_draft_is_told_from_nothing_no_more_than_before(client):
    make_update("Draft", slug="draft")
    for slug in ("Draft", "Nothing"):
        answer = client.get(f"/en/belarus/updates/{slug}/", follow=True)
        assert (answer.status_code, len(answer.redirect_chain)) == (404, 1)


def test_nothing_is_led_elsewhere_than_to_this_site(client):
    for path in ("/\\evil.example/", "/en\\..//evil.example/", "/%2F%2Fevil.example/"):
        answer = client.get(path)
        assert "evil.example" not in answer.get("Location", "")
