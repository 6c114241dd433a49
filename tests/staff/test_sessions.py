"""How long somebody stays at the desk, what ends it, and that what was typed outlives it."""

import datetime as dt

import pytest
import time_machine
from csp.decorators import csp_update
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from audit.models import Event
from ohrm import urls
from staff.lockdown import is_locked, lock_down, unlock
from staff.login.second_factor import fresh_factor_required
from staff.models import Account, Session
from tests.support.factories import PASSWORD, make_staff

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
HERE = {"origin": "http://testserver"}


@pytest.fixture
def ana():
    return make_staff("ana", role="contributor")


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


def make_logged_in_client(name="ana", **more):
    client = Client(**more)
    client.post("/admin/login/", {"username": name, "password": PASSWORD})
    return client


def is_logged_in(client):
    return client.get("/admin/me/").status_code == 200


# --- How long ---------------------------------------------------------------------------------


def test_a_session_that_is_not_used_ends_after_an_hour(ana, clock):
    client = make_logged_in_client()
    clock.shift(dt.timedelta(minutes=61))
    assert not is_logged_in(client)


def test_a_session_in_use_goes_on_for_twelve_hours_and_no_longer(ana, clock):
    client, alive = make_logged_in_client(), []
    for _half_hour in range(25):
        clock.shift(dt.timedelta(minutes=30))
        alive.append(is_logged_in(client))
    assert alive == [True] * 23 + [False] * 2


def test_reading_public_pages_does_not_prolong_a_session(ana, clock):
    client = make_logged_in_client()
    for _half_hour in range(3):
        clock.shift(dt.timedelta(minutes=30))
        client.get("/robots.txt")
    assert not is_logged_in(client)


def test_the_table_of_sessions_does_not_hold_the_key_of_the_cookie(ana):
    client = make_logged_in_client()
    assert client.cookies["session"].value not in str(list(Session.objects.values()))


def test_nothing_of_the_browser_is_kept_but_a_word(ana):
    phone = make_logged_in_client(
        HTTP_USER_AGENT="Mozilla/5.0 (Android 14; Mobile; rv:130.0)", REMOTE_ADDR="203.0.113.9"
    )
    kept = [*Session.objects.values(), phone.session.items()]
    assert Session.objects.get().device == "Phone"
    assert not [word for word in ("Mozilla", "203.0.113.9") if word in str(kept)]


# --- What ends it -----------------------------------------------------------------------------


def test_after_logging_out_the_old_cookie_opens_nothing(ana):
    client = make_logged_in_client()
    thief = Client()
    thief.cookies["session"] = client.cookies["session"].value
    client.post("/admin/logout/")
    assert not is_logged_in(thief)


def test_another_password_ends_the_other_sessions_and_keeps_this_one(ana):
    here, elsewhere = make_logged_in_client(), make_logged_in_client()
    new = "seven grey herons fly"
    here.post("/admin/password_change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert (is_logged_in(here), is_logged_in(elsewhere)) == (True, False)


def test_a_disabled_account_is_out_at_once(ana):
    client = make_logged_in_client()
    Account.objects.filter(pk=ana.pk).update(is_active=False)
    assert not is_logged_in(client)


def test_own_sessions_are_listed_named_and_closed(ana):
    here, elsewhere = make_logged_in_client(), make_logged_in_client()
    other = next(row for row, is_here, _form in here.get("/admin/me/sessions/").context["rows"] if not is_here)
    here.post(f"/admin/me/sessions/{other.pk}/name/", {f"{other.pk[:8]}-device": "Office"})
    assert "Office" in here.get("/admin/me/sessions/").content.decode()
    here.post(f"/admin/me/sessions/{other.pk}/close/")
    assert (is_logged_in(here), is_logged_in(elsewhere)) == (True, False)


def test_the_sessions_of_others_are_out_of_reach(ana):
    make_staff("ben", role="administrator")
    ana_there, ben_here = make_logged_in_client(), make_logged_in_client("ben")
    mark = Session.objects.get(account=ana).pk
    assert ben_here.post(f"/admin/me/sessions/{mark}/close/").status_code == 404
    assert is_logged_in(ana_there)


def test_all_other_sessions_end_with_one_button(ana):
    here, others = make_logged_in_client(), [make_logged_in_client(), make_logged_in_client()]
    here.post("/admin/me/sessions/close/")
    assert [is_logged_in(client) for client in (here, *others)] == [True, False, False]


# --- What was typed ---------------------------------------------------------------------------


def test_a_form_sent_after_the_session_ended_comes_back_whole(ana, clock):
    client = make_logged_in_client()
    clock.shift(dt.timedelta(hours=2))
    answer = client.post("/admin/me/", {"first_name": "Ана\n<b>”"}, headers=HERE)
    assert answer.status_code == 401
    assert answer.context["fields"] == [("first_name", "Ана\n<b>”")]
    assert "Ана\n&lt;b&gt;”" in answer.content.decode()


def test_what_came_back_is_saved_when_sent_again(ana, clock):
    client = Client(enforce_csrf_checks=True)
    token = client.get("/admin/login/").cookies["csrf"].value
    client.post("/admin/login/", {"username": "ana", "password": PASSWORD, "csrfmiddlewaretoken": token})
    stale = {"first_name": "Ana Maria", "csrfmiddlewaretoken": token}
    kept = client.post("/admin/me/", stale, headers=HERE)
    fresh = {"csrfmiddlewaretoken": str(kept.context["csrf_token"])}
    client.post("/admin/me/", dict(kept.context["fields"]) | fresh, headers=HERE)
    assert Account.objects.get().first_name == "Ana Maria"


def test_a_form_from_another_site_is_not_shown_again(ana):
    headers = {"origin": "https://evil.example"}
    assert Client().post("/admin/me/", {"first_name": "x"}, headers=headers).status_code == 302


def test_no_password_or_code_comes_back(ana):
    secrets = {"password": "a", "password1": "b", "oldpassword": "c", "code": "d", "credential": "e", "title": "kept"}
    answer = Client().post("/admin/me/", secrets, headers=HERE)
    assert answer.context["fields"] == [("title", "kept")]


# --- A fresh proof ----------------------------------------------------------------------------


@fresh_factor_required
def export(request):
    return HttpResponse("done")


@csp_update({"style-src": ["'sha256-abc'"]})
def styled(request):
    return HttpResponse("done")


urlpatterns = [path("admin/danger/", export), path("admin/styled/", styled), *urls.urlpatterns]


@pytest.mark.urls("tests.staff.test_sessions")
def test_a_dangerous_page_asks_for_a_proof_after_ten_minutes_and_then_not_again(ana, clock):
    client = make_logged_in_client()
    assert client.get("/admin/danger/").status_code == 200
    clock.shift(dt.timedelta(minutes=11))
    proof = client.get("/admin/danger/").url
    assert client.post(proof, {"password": PASSWORD}).url == "/admin/danger/"
    assert client.get("/admin/danger/").status_code == 200


@pytest.mark.urls("tests.staff.test_sessions")
def test_a_dangerous_form_that_is_too_old_comes_back_to_be_sent_after_the_proof(ana, clock):
    client = make_logged_in_client()
    clock.shift(dt.timedelta(minutes=11))
    answer = client.post("/admin/danger/", {"reason": "asked by her"})
    assert (answer.status_code, answer.context["fields"]) == (403, [("reason", "asked by her")])


@pytest.mark.urls("tests.staff.test_sessions")
def test_what_a_page_adds_to_its_content_security_policy_stays(ana):
    policy = make_logged_in_client().get("/admin/styled/")["Content-Security-Policy"]
    assert "style-src 'self' 'sha256-abc'" in policy
    assert "script-src 'self'" in policy


def test_an_ordinary_page_never_asks(ana, clock):
    client = make_logged_in_client()
    clock.shift(dt.timedelta(minutes=50))
    assert client.post("/admin/me/", {"first_name": "Ana"}).url == "/admin/me/"


# --- Lockdown ---------------------------------------------------------------------------------


def test_a_lockdown_ends_all_sessions_and_refuses_logins(ana):
    client = make_logged_in_client()
    call_command("lockdown")
    assert client.get("/admin/me/").status_code == 503
    assert make_logged_in_client().get("/admin/me/").status_code == 503


def test_public_pages_stay_up_in_a_lockdown(client):
    lock_down(by="operator")
    assert client.get("/robots.txt").status_code == 200


def test_after_unlock_people_log_in_anew(ana):
    client = make_logged_in_client()
    lock_down(by="operator")
    call_command("unlock")
    assert (is_locked(), is_logged_in(client), is_logged_in(make_logged_in_client())) == (False, False, True)


def test_a_session_that_began_while_the_desk_was_closed_does_not_outlive_the_lockdown(ana):
    lock_down(by="operator")
    client = make_logged_in_client()
    assert not Session.objects.exists()
    Session.objects.create(pk="0" * 64, created=timezone.now(), seen=timezone.now(), expire_date=timezone.now())
    unlock(by="operator")
    assert not Session.objects.exists()
    assert not is_logged_in(client)


def test_an_administrator_closes_the_desk_with_one_button(db):
    make_staff("ada", role="administrator")
    client = make_logged_in_client("ada")
    assert "unlock" in client.post("/admin/close/").content.decode()
    assert is_locked()
    assert client.get("/admin/login/").status_code == 503


def test_the_button_is_not_for_everybody(ana):
    assert make_logged_in_client().post("/admin/close/").status_code == 403
    assert not is_locked()


def test_a_lockdown_is_written_down_once(db):
    for _time in range(2):
        lock_down(by="operator")
    unlock(by="operator")
    assert [event.verb for event in Event.objects.in_order()] == ["lockdown.began", "lockdown.ended"]


# --- Public pages -----------------------------------------------------------------------------


def test_the_gate_does_nothing_on_public_pages(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = client.get("/robots.txt")
    assert not page.cookies
    assert "Cookie" not in page.get("Vary", "")
