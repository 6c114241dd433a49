"""A site with an onion address: Tor Browser is told of it once, and there nothing leads back out of Tor."""

import pytest

from tests.support.factories import make_organisation, make_situation, make_story, make_tag, make_update

pytestmark = pytest.mark.django_db
ONION = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwx.onion"
CLEARNET = "crisis.example.org"


@pytest.fixture(autouse=True)
def site(settings):
    """A site in use over HTTPS, with an onion address beside it."""
    settings.SITE_URL, settings.ONION_HOST = f"https://{CLEARNET}", ONION
    settings.ALLOWED_HOSTS = [CLEARNET, ONION]
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31536000


@pytest.fixture(scope="module", autouse=True)
def content(module_database):
    make_organisation()
    make_situation()
    make_update("Stop reprisals", slug="stop", tags=[make_tag()], public=True)
    make_story(slug="told", public=True)


def outside(client, address, **headers):
    return client.get(address, secure=True, headers={"host": CLEARNET, **headers})


def inside(client, address):
    return client.get(address, headers={"host": ONION})


@pytest.mark.parametrize("address", ["/en/", "/ar/belarus/?tag=detention&q=%D1%83", "/en/newsletter/", "/en/about/"])
def test_a_public_page_over_https_names_its_onion_address_once(client, address):
    for answer in (outside(client, address), outside(client, address)):
        assert [value for name, value in answer.items() if name == "Onion-Location"] == [f"http://{ONION}{address}"]


@pytest.mark.parametrize("address", ["/en/belarus/feed.atom", "/api/v1/entries", "/en/nothing/", "/admin/login/"])
def test_what_is_no_public_page_names_none(client, address):
    assert "Onion-Location" not in outside(client, address)


def test_over_plain_http_none_is_named(client, settings):
    settings.SECURE_SSL_REDIRECT = False
    assert "Onion-Location" not in type(client)().get("/en/", headers={"host": CLEARNET})


def test_without_an_onion_address_none_is_named(client, settings):
    settings.ONION_HOST = ""
    assert "Onion-Location" not in outside(client, "/en/")


@pytest.mark.parametrize("secure", [True, False])
def test_at_the_onion_address_nobody_is_led_to_https_nor_promised_it(client, secure):
    answer = client.get("/en/", secure=secure, headers={"host": ONION})
    assert answer.status_code == 200
    assert not {"Strict-Transport-Security", "Onion-Location"} & set(answer.headers)


def test_elsewhere_plain_http_still_leads_to_https(client):
    assert client.get("/en/", headers={"host": CLEARNET})["Location"] == f"https://{CLEARNET}/en/"


PAGES = [
    "/en/",
    "/en/belarus/",
    "/en/belarus/updates/stop/",
    "/be/belarus/stories/told/",
    "/en/search/?q=stop",
    "/en/about/",
]
PAGES += ["/en/newsletter/", "/en/safety/", "/en/belarus/embed/", "/en/belarus/feed.atom", "/en/search/feed.json"]
PAGES += ["/api/v1/entries", "/api/", "/sitemap.xml", "/robots.txt", "/.well-known/security.txt", "/en/nothing/"]


@pytest.mark.parametrize("address", PAGES)
def test_nothing_there_leads_out_of_tor(client, address):
    answer = inside(client, address)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert CLEARNET not in body.decode() + str(answer.headers)
