"""Who posts slowly keeps nobody from reading."""

import threading

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, get_hasher, identify_hasher
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from staff.login.hashing import LeanArgon2PasswordHasher
from timeline.posting import limit_posting


def build_environ(method):
    body = b"a=b" if method == "POST" else b""
    return RequestFactory().generic(method, "/en/newsletter/", body, headers={"host": "testserver"}).environ


def get_status(application, method):
    said = []
    application(build_environ(method), lambda status, headers, *more: said.append((status, dict(headers))))
    return said[0]


@pytest.fixture
def taken(monkeypatch):
    """The application while somebody posts in its only place, and what lets go of it."""
    monkeypatch.setattr(signals.request_started, "send", lambda *sender, **named: [])
    inside, done, django = threading.Event(), threading.Event(), WSGIHandler()

    def answer(environ, start_response):
        if environ.get("HTTP_SLOW"):
            inside.set()
            done.wait(10)
            return []
        return django(environ, start_response)

    application = limit_posting(answer, places=1)
    slow = threading.Thread(target=application, args=(build_environ("POST") | {"HTTP_SLOW": "1"}, None))
    slow.start()
    assert inside.wait(10)
    yield application, lambda: (done.set(), slow.join())
    done.set()


@pytest.mark.django_db
def test_readers_are_answered_while_every_place_for_posting_is_taken(taken):
    application, _let_go = taken
    assert get_status(application, "GET")[0] == "200 OK"


@pytest.mark.django_db
def test_who_posts_then_is_asked_to_come_back_and_the_headers_are_closed(taken):
    application, let_go = taken
    status, headers = get_status(application, "POST")
    assert status.startswith("503")
    assert headers["Retry-After"]
    assert "Content-Security-Policy" in headers
    let_go()
    assert not get_status(application, "POST")[0].startswith("503")


def test_a_password_takes_19_mebibytes_and_one_lane(settings):
    settings.PASSWORD_HASHERS = ["staff.login.hashing.LeanArgon2PasswordHasher"]
    encoded = LeanArgon2PasswordHasher().encode("a long enough password", "saltsaltsalt")
    assert "m=19456,t=2,p=1" in encoded


def test_a_password_hashed_before_is_known_and_hashed_anew(settings):
    settings.PASSWORD_HASHERS = ["staff.login.hashing.LeanArgon2PasswordHasher"]
    old = Argon2PasswordHasher().encode("a long enough password", "saltsaltsalt")
    assert check_password("a long enough password", old)
    assert get_hasher(identify_hasher(old).algorithm).must_update(old)
