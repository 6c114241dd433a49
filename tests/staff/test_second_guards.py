"""The guards behind the first one, and the numbers at which guessing ends."""

import datetime as dt

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.utils import timezone

from audit.models import Event
from staff.lockdown import lock_down
from staff.login.throttle import PASSWORD_LIMIT, Limit, spend_attempts
from staff.models import Account, Attempt, Session
from tests.staff.test_accounts import log_in, make_totp_code
from tests.support.factories import make_staff

pytestmark = pytest.mark.django_db
PAGES = ["/admin/", "/admin/me/", "/admin/updates/update/", "/admin/me/sessions/"]


@pytest.fixture
def ana():
    return make_staff("ana", role="contributor")


@pytest.mark.parametrize("page", PAGES)
def test_an_account_that_is_no_staff_reads_no_page_of_the_desk(client, ana, page):
    client.force_login(ana)
    Account.objects.update(is_staff=False)
    assert client.get(page).status_code == 403


def test_a_lockdown_shows_no_form_again_whose_token_is_stale(ana):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    lock_down(by="operator")
    answer = client.post(
        "/admin/updates/update/add/", {"title_en": "A secret"}, headers={"Origin": "http://testserver"}
    )
    assert answer.status_code in {403, 503}
    assert "A secret" not in answer.content.decode()


def test_who_comes_during_a_lockdown_leaves_no_session(ana):
    lock_down(by="operator")
    client = Client()
    with pytest.raises(UpdateError):
        client.force_login(ana)
    client.get("/admin/")
    assert not Session.objects.exists()


def test_fifty_wrong_codes_are_all_that_a_day_has_for_strange_devices(ana):
    """They come in minutes of five, so that only the limit of the day is met."""
    TOTP.activate(ana, generate_totp_secret())
    for minute in range(12):
        with time_machine.travel(timezone.now() + minute * dt.timedelta(seconds=61), tick=False):
            client = Client()
            log_in(client)
            client.cookies.pop("device", None)
            for number in range(5):
                client.post("/admin/login/code/", {"code": f"{minute * 5 + number:06}"})
    assert Event.objects.filter(verb="login.code-failed").count() == 50


def test_a_try_that_the_second_limit_refuses_is_given_back_to_the_first():
    assert spend_attempts([(PASSWORD_LIMIT, "ana"), (Limit("none left", 0, 60), "")]) == []
    assert not Attempt.objects.exists()


def test_a_right_code_costs_no_try(client, ana):
    secret = generate_totp_secret()
    TOTP.activate(ana, secret)
    log_in(client)
    client.cookies.pop("device", None)
    client.post("/admin/login/code/", {"code": make_totp_code(secret)})
    assert not Attempt.objects.exists()
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(("tries", "left"), [(4, True), (5, False)])
def test_five_guesses_of_a_password_are_a_minutes_all(tries, left):
    for _number in range(tries):
        spend_attempts([(PASSWORD_LIMIT, "ana")])
    assert bool(spend_attempts([(PASSWORD_LIMIT, "ana")])) is left
