"""The secret key is exchanged while people work: nobody is logged out, no second factor is lost."""

import os
import subprocess
import sys
import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings as django_settings
from django.test import Client

from tests.support.environment import build_environment
from tests.support.factories import PASSWORD, make_staff

OLD, NEW = "old-key-" + "abcdefgh01234567" * 4, "new-key-" + "hgfedcba76543210" * 4


@pytest.fixture
def secret(settings, db):
    """The secret in Ana's app, sealed with the old key."""
    settings.SECRET_KEY = OLD
    made = generate_totp_secret()
    TOTP.activate(make_staff("ana"), made)
    return made


def log_in(client, secret, *, step):
    client.post("/admin/login/", {"username": "ana", "password": PASSWORD})
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))
    client.post("/admin/login/code/", {"code": code})
    return client


def is_logged_in(client):
    return client.get("/admin/me/").status_code == 200


def test_who_is_logged_in_stays_so_and_the_app_still_opens_the_account(settings, secret):
    before = log_in(Client(), secret, step=0)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert is_logged_in(before)
    assert is_logged_in(log_in(Client(), secret, step=1))


def test_once_the_old_key_is_gone_what_it_signed_is_worth_nothing(settings, secret):
    before = log_in(Client(), secret, step=0)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, []
    assert not is_logged_in(before)


def test_the_old_key_is_read_from_the_environment(tmp_path):
    said = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.SECRET_KEY_FALLBACKS)"],
        env=build_environment(tmp_path) | {"PATH": os.environ["PATH"], "SECRET_KEY_FALLBACKS": OLD},
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == f"['{OLD}']"
