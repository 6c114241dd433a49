"""What strangers and insiders send that no page of ours sends: it is answered, refused, and not written down."""

import logging

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from django.test import Client

from newsletter.models import SignUp
from ohrm.logs import VisitorDataFilter

pytestmark = pytest.mark.django_db
ODD_ORIGINS = ["http://[", "http://[::1", "https://evil.example", "//", "testserver", "http://testserver.evil.example"]

PLACES = ["/admin/me/", "/admin/updates/update/add/"]


@pytest.mark.parametrize("origin", ODD_ORIGINS)
def test_an_origin_that_is_none_of_ours_is_refused(origin):
    form = {"email": "ana@example.org"}
    assert Client().post("/en/newsletter/", form, headers={"Origin": origin}).status_code == 403
    assert not SignUp.objects.exists()


@pytest.mark.parametrize("origin", ODD_ORIGINS)
@pytest.mark.parametrize("header", ["Origin", "Referer"])
def test_the_desk_refuses_it_too(origin, header):
    client = Client(enforce_csrf_checks=True)
    answers = [client.post(place, {}, headers={header: origin}) for place in PLACES]
    assert [(answer.status_code, answer.content.count(b"csrfmiddlewaretoken")) for answer in answers] == [(403, 0)] * 2


# --- The log ----------------------------------------------------------------------------------


@pytest.fixture
def log(caplog):
    """What the console would be told: our own filter stands before it, as in the settings."""
    caplog.handler.addFilter(VisitorDataFilter())
    loggers = [logging.getLogger(name) for name in ("django", "django.security", "django.request")]
    before = [(logger.propagate, logger.level) for logger in loggers]
    for logger in loggers:
        logger.propagate = True
        logger.addHandler(caplog.handler) if logger.name == "django" else None
    yield caplog
    logging.getLogger("django").removeHandler(caplog.handler)
    for logger, (propagate, level) in zip(loggers, before, strict=True):
        logger.propagate, logger.level = propagate, level


def test_every_handler_of_the_log_goes_through_the_filter():
    handlers = django_settings.LOGGING["handlers"].values()
    assert all("no visitor" in handler["filters"] for handler in handlers)


def test_a_page_that_fails_is_written_down_by_its_pattern(client, log):
    client.raise_request_exception = False

    def refuse(*_statement):
        raise OperationalError("gone")

    with connection.execute_wrapper(refuse):
        client.get("/en/newsletter/preferences/token-of-somebody/?email=ana@example.org", HTTP_USER_AGENT="Marker")
        client.get("/admin/updates/update/77/change/")
    assert "/en/newsletter/preferences/<str:token>/" in log.text
    assert not any(word in log.text for word in ("token-of-somebody", "ana@example.org", "Marker", "/77/"))


def test_a_refused_request_is_one_short_line(client, log):
    client.get("/en/", headers={"Host": "evil.example" + "a" * 5000})
    lines = [line for line in log.text.splitlines() if "HTTP_HOST" in line]
    assert len(lines) == len(log.text.splitlines()) == 1
    assert len(lines[0]) < 400
