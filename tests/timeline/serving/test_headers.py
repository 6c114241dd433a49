"""What every kind of answer says of itself."""

import pytest

from tests.support.factories import make_update

pytestmark = pytest.mark.django_db

ANSWERS = [
    "/en/belarus/",
    "/en/",
    "/en/nothing/",
    "/nothing-at-all/",
    "/en/belarus/?month=junk",
    "/media/unknown.jpg",
    "/en/newsletter/",
    "/robots.txt",
    "/healthz",
    "/admin/login/",
    "/en/belarus/feed.atom",
]


@pytest.fixture(scope="module", autouse=True)
def site(module_database):
    make_update(public=True)


@pytest.mark.parametrize("address", ANSWERS)
def test_every_answer_is_closed_by_default(client, address):
    headers = client.get(address).headers
    assert headers["Content-Security-Policy"].count("default-src 'none'") == 1
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert "camera=()" in headers["Permissions-Policy"]


def test_the_data_interface_may_be_used_from_other_sites(client):
    headers = client.get("/api/v1/entries").headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(
    "address", ["/nothing/", "/belarus/", "/en/nothing/", "/xx/belarus/", "/en/belarus/updates/x/"]
)
def test_an_unknown_address_is_not_found_and_leads_nowhere(client, address):
    assert client.get(address).status_code == 404


def test_plain_http_promises_no_encryption_and_https_does(client, settings):
    assert "Strict-Transport-Security" not in client.get("/en/").headers
    settings.SECURE_HSTS_SECONDS = 31536000
    client = type(client)()
    assert "max-age=31536000" in client.get("/en/", secure=True).headers["Strict-Transport-Security"]
