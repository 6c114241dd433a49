"""Getting in: password, second factor, what slows guesses and what tells nobody anything."""

import time
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from audit.models import Event
from staff.models import Account, Attempt
from tests.support.factories import PASSWORD, make_staff

pytestmark = pytest.mark.django_db
NEW = "seven grey herons fly"


@pytest.fixture
def ana():
    return make_staff("ana", role="contributor")


@pytest.fixture
def app(ana):
    """The secret in Ana's app, after she has set it up."""
    secret = generate_totp_secret()
    TOTP.activate(ana, secret)
    return secret


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR = "required"


@pytest.fixture
def enrol(django_capture_on_commit_callbacks, ana):
    """Logs Ana in and sets up an app; returns its secret."""

    def enrolled(client):
        log_in(client)
        secret = client.get("/admin/me/factor/app/").context["form"].secret
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/admin/me/factor/app/", {"code": make_totp_code(secret)})
        return secret

    return enrolled


@pytest.fixture
def letters(settings, mailoutbox):
    """What has been written to Ana, at once and not by a worker."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    Account.objects.update(email="ana@example.org")
    return mailoutbox


def make_totp_code(secret, *, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def log_in(client, name="ana", password=PASSWORD, **more):
    return client.post("/admin/login/", {"username": name, "password": password, **more})


def is_logged_in(client):
    return client.get("/admin/me/").status_code == 200


def get_events(verb):
    return Event.objects.filter(verb=verb)


# --- The way in -------------------------------------------------------------------------------


def test_name_and_password_lead_to_the_page_that_was_wanted(client, ana):
    assert client.get("/admin/me/sessions/").url == "/admin/login/?next=/admin/me/sessions/"
    assert log_in(client, next="/admin/me/sessions/").url == "/admin/me/sessions/"


def test_the_door_leads_to_no_other_site(client, ana):
    assert log_in(client, next="https://example.org/admin/").url == "/admin/"


def test_the_password_alone_does_not_open_an_account_with_an_app(client, app):
    assert log_in(client).url == "/admin/login/code/"
    assert not is_logged_in(client)


def test_the_code_of_the_app_opens_the_account(client, app):
    log_in(client)
    assert client.post("/admin/login/code/", {"code": make_totp_code(app)}).url == "/admin/"
    assert is_logged_in(client)


def test_a_code_works_once(client, app):
    code = make_totp_code(app)
    for browser in (client, Client()):
        log_in(browser)
        browser.post("/admin/login/code/", {"code": code})
    assert is_logged_in(client)
    assert not is_logged_in(browser)


def test_an_earlier_code_does_not_work_after_a_later_one(client, app):
    for browser, steps in ((client, 1), (Client(), 0)):
        log_in(browser)
        browser.post("/admin/login/code/", {"code": make_totp_code(app, steps=steps)})
    assert not is_logged_in(browser)


def test_there_are_ten_recovery_codes_and_each_works_once(client, enrol):
    enrol(client)
    codes = client.get("/admin/me/factor/codes/").context["unused_codes"]
    used = []
    for browser in (Client(), Client()):
        log_in(browser)
        browser.post("/admin/login/code/", {"code": codes[0]})
        used.append(is_logged_in(browser))
    assert (len(codes), used) == (10, [True, False])


def test_the_secret_of_the_app_is_sealed_in_the_database(client, enrol):
    secret = enrol(client)
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_coming_and_going_is_written_down(client, ana):
    log_in(client)
    client.post("/admin/logout/")
    lines = [(event.verb, event.actor, event.subject) for event in Event.objects.in_order()]
    assert lines == [(verb, "ana", f"account:{ana.pk}") for verb in ("login", "logout")]


def test_nobody_can_sign_up(client):
    assert client.post("/admin/signup/", {"username": "eve", "password1": PASSWORD}).status_code in {302, 404}
    assert not Account.objects.filter(username="eve").exists()


def test_a_disabled_account_hears_the_same_as_a_wrong_password(client, ana):
    Account.objects.update(is_active=False)
    disabled = log_in(client).content.decode()
    assert strip_csrf_tokens(disabled) == strip_csrf_tokens(log_in(client, password="wrong").content.decode())


# --- Enrolment --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["admin:index", "admin:staff_account_changelist", "staff_me", "staff_sessions"])
def test_without_a_second_factor_every_page_leads_to_choosing_one(client, ana, required, name):
    log_in(client)
    assert client.get(reverse(name)).url == "/admin/me/factor/choose/"


def test_choosing_an_app_opens_the_desk_and_shows_recovery_codes(client, enrol, required):
    enrol(client)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/me/factor/codes/").context["unused_codes"]


def test_the_code_that_proved_a_new_app_is_used_up(client, enrol):
    secret = enrol(client)
    other = Client()
    log_in(other)
    other.post("/admin/login/code/", {"code": make_totp_code(secret)})
    assert not is_logged_in(other)


def test_the_last_second_factor_cannot_be_removed_where_one_is_required(client, enrol, required):
    enrol(client)
    client.post("/admin/me/factor/app/remove/")
    assert Authenticator.objects.filter(type="totp").exists()


def test_the_last_second_factor_can_be_removed_where_it_is_optional(client, enrol):
    enrol(client)
    client.post("/admin/me/factor/app/remove/")
    assert not Authenticator.objects.exists()


def test_with_a_second_factor_the_password_is_no_fresh_proof(client, enrol):
    enrol(client)
    with time_machine.travel(time.time() + 11 * 60):
        assert client.get("/admin/me/factor/codes/").url.startswith("/admin/me/proof/code/")
        assert client.get("/admin/me/proof/password/").url.startswith("/admin/me/proof/code/")


# --- Guessing ---------------------------------------------------------------------------------


def guess_passwords(client, *, times, name="ana"):
    return [log_in(client, name, f"guess {number}").status_code for number in range(times)]


def test_five_wrong_passwords_a_minute_are_looked_at_and_no_more(client, ana):
    guess_passwords(client, times=12)
    assert get_events("login.failed").count() == 5


def test_the_right_password_does_not_help_a_stranger_while_guessing_goes_on(client, ana):
    guess_passwords(client, times=6)
    log_in(client)
    assert not is_logged_in(client)


def test_after_a_minute_there_are_tries_again(client, ana):
    with time_machine.travel("2026-03-01 10:00", tick=False) as clock:
        guess_passwords(client, times=6)
        clock.shift(61)
        log_in(client)
        assert is_logged_in(client)


def test_who_has_logged_in_on_this_device_before_gets_in_while_others_guess(client, ana):
    log_in(client)
    client.post("/admin/logout/")
    guess_passwords(Client(), times=30)
    log_in(client)
    assert is_logged_in(client)


def test_a_known_device_has_no_endless_tries(client, ana):
    log_in(client)
    client.post("/admin/logout/")
    guess_passwords(client, times=20)
    assert get_events("login.failed").count() == 10


def test_a_device_known_to_one_account_is_a_stranger_to_others(client, ana):
    make_staff("ben", role="approver")
    log_in(client)
    client.post("/admin/logout/")
    guess_passwords(client, times=12, name="ben")
    assert get_events("login.failed").count() == 5


def test_names_that_nobody_has_are_slowed_in_the_same_way(client):
    guess_passwords(client, times=12, name="nobody")
    assert get_events("login.failed").count() == 5


def test_many_names_tried_with_one_password_are_slowed_together(client, settings, ana):
    for number in range(102):
        log_in(client, f"name{number}", "winter holidays 2020")
    assert get_events("login.failed").count() == 100


def test_wrong_codes_are_slowed(client, app):
    log_in(client)
    client.cookies.pop("device", None)
    for number in range(8):
        client.post("/admin/login/code/", {"code": f"{number:06}"})
    client.post("/admin/login/code/", {"code": make_totp_code(app)})
    assert not is_logged_in(client)
    assert get_events("login.code-failed").count() == 5


def test_nothing_that_is_kept_of_a_guess_names_anybody(client, ana):
    log_in(client, "ana", "wrong")
    client.post("/admin/login/", {"username": "my secret password", "password": "x"}, REMOTE_ADDR="203.0.113.7")
    kept = f"{list(Attempt.objects.values())} {list(Event.objects.values())}"
    assert not [word for word in ("'ana'", "my secret", "203.0.113.7") if word in kept]


# --- Whether there is an account --------------------------------------------------------------


def strip_csrf_tokens(page):
    return "".join(part.partition('"')[2] for part in page.split('name="csrfmiddlewaretoken" value="'))


def test_a_wrong_password_and_an_unknown_name_read_the_same(client, ana):
    known = strip_csrf_tokens(log_in(client, "ana", "wrong").content.decode())
    assert known.replace("ana", "eve") == strip_csrf_tokens(log_in(client, "eve", "wrong").content.decode())


def test_asking_for_a_link_does_the_same_for_everybody(client, ana):
    Account.objects.update(email="ana@example.org")
    answers = [client.post("/admin/password/", {"email": name}) for name in ("ana", "eve", "ana@example.org")]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, "/admin/password/asked/")}


def test_the_link_arrives_works_once_and_logs_others_out(client, ana, letters):
    log_in(client)
    link = request_link(letters)
    stranger = Client()
    page = stranger.get(link, follow=True)
    stranger.post(
        page.request["PATH_INFO"], {"password1": "seven grey herons fly", "password2": "seven grey herons fly"}
    )
    assert not is_logged_in(client)
    assert b"has been used" in Client().get(link, follow=True).content
    log_in(client, password=NEW)
    assert is_logged_in(client)


def request_link(letters):
    Client().post("/admin/password/", {"email": "ANA@example.org"})
    [letter] = [letter for letter in letters if "/admin/password/" in letter.body]
    return urlsplit(next(line for line in letter.body.splitlines() if "/admin/password/" in line)).path


def test_who_sets_a_password_by_a_link_is_not_slowed_by_guesses_of_others(client, ana, letters):
    page = client.get(request_link(letters), follow=True)
    client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    guess_passwords(Client(), times=8)
    log_in(client, password=NEW)
    assert is_logged_in(client)


def test_a_login_on_a_new_device_is_told_by_letter_and_the_next_one_there_is_not(client, ana, letters):
    for _time in range(2):
        log_in(client)
        client.post("/admin/logout/")
    assert [letter.subject for letter in letters] == ["Your account was opened on a new device"]


def test_an_account_gets_no_more_than_three_links_an_hour(ana, letters):
    for _time in range(5):
        Client().post("/admin/password/", {"email": "ana"})
    assert len(letters) == 3


def test_the_link_leads_to_our_own_address_whatever_the_request_said(ana, letters, settings):
    settings.ALLOWED_HOSTS = ["*"]
    Client().post("/admin/password/", {"email": "ana"}, headers={"host": "evil.example"})
    assert "http://testserver/admin/password/" in letters[0].body


# --- Passwords --------------------------------------------------------------------------------

REFUSED = [
    "short", "elevenchars", "password1234", "Password2026!", "p4ssw0rd!!!!", "111111111111", "abcabcabcabc",
    "qwertyuiop12", "abcdefghijklmnop", "123456789012", "OHRM-desk-2026", "testserver2026!", "humanrights2026",
    "ana.novak2026!", "admin-admin-1", "letmeinletmein",
]  # fmt: skip
ACCEPTED = [
    "correct horse battery staple",
    "три белых аиста летят",
    "طائر أبيض فوق الجبل",
    "x" + "Ω≈ç√∫ kite lantern " * 7,
]


@pytest.mark.parametrize("password", REFUSED)
def test_a_weak_password_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, Account(username="ana", first_name="Ana", last_name="Novak"))


@pytest.mark.parametrize("password", ACCEPTED)
def test_a_long_password_of_any_characters_is_taken(password):
    validate_password(password, Account(username="ana"))


def test_a_password_of_128_characters_opens_the_account(client, ana):
    ana.set_password(ACCEPTED[3][:128])
    ana.save()
    log_in(client, password=ACCEPTED[3][:128])
    assert is_logged_in(client)


# --- Pages ------------------------------------------------------------------------------------

OWN_PAGES = [
    "staff_me", "staff_sessions", "account_change_password", "mfa_index", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_deactivate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "account_logout",
    "mfa_reauthenticate",
]  # fmt: skip


@pytest.mark.parametrize("name", OWN_PAGES)
def test_a_page_of_ones_own_account_has_one_heading_and_is_kept_nowhere(client, enrol, name):
    enrol(client)
    page = client.get(reverse(name))
    assert (page.status_code, page.content.count(b"<h1")) == (200, 1)
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_reset_password_done"])
def test_a_page_at_the_door_has_one_heading_and_sets_no_session(client, db, name):
    page = client.get(reverse(name))
    assert (page.status_code, page.content.count(b"<h1")) == (200, 1)
    assert "session" not in page.cookies


def test_the_desk_speaks_the_language_that_its_user_chose(client, ana):
    log_in(client)
    client.post("/admin/me/", {"language": "fr"})
    assert 'lang="fr"' in client.get("/admin/me/", headers={"accept-language": "ru"}).content.decode()


# --- In a browser -----------------------------------------------------------------------------


def add_virtual_passkey(page):
    """A key that answers by itself, as one in a phone would after a fingerprint."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = key | {"isUserVerified": True, "automaticPresenceSimulation": True}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def log_in_at(page):
    page.goto("/admin/login/")
    page.get_by_label("Account name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_set_up_at_the_first_login_and_then_opens_the_desk_alone(page, ana, required):
    add_virtual_passkey(page)
    log_in_at(page)
    page.get_by_role("link", name="Set up a passkey").click()
    page.get_by_label("Opens the administration site without the password").check()
    page.get_by_role("button", name="Set up").click()
    page.get_by_role("link", name="I have written them down").wait_for()
    page.goto("/admin/me/")
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url("**/admin/")


@pytest.mark.django_db(transaction=True)
def test_a_passkey_that_was_not_used_is_explained(page, ana):
    add_virtual_passkey(page)  # one that does not know this site
    page.goto("/admin/login/")
    assert not page.get_by_text("The passkey was not used").is_visible()
    page.get_by_role("button", name="Log in with a passkey").click()
    page.get_by_text("The passkey was not used").wait_for()


@pytest.mark.django_db(transaction=True)
def test_the_door_works_without_scripts(new_page, ana, required):
    page = new_page(java_script_enabled=False)
    log_in_at(page)
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_label("Code").fill(make_totp_code(page.locator("code.secret").inner_text()))
    page.get_by_role("button", name="Set up").click()
    assert page.locator("ul.codes li").count() == 10


AT_THE_DOOR = ["login/", "password/", "password/asked/"]
INSIDE = ["me/", "me/sessions/", "me/factor/", "me/factor/choose/", "me/factor/app/", "password_change/"]


def visit_pages(page):
    """Opens every page of this room in turn; gives each address."""
    for address in AT_THE_DOOR:
        page.goto(f"/admin/{address}")
        yield address
    log_in_at(page)
    page.wait_for_url("**/admin/**")
    for address in INSIDE:
        page.goto(f"/admin/{address}")
        yield address


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_of_the_account_is_wider_than_the_window(new_page, ana, width):
    page = new_page(viewport={"width": width, "height": 844})
    measure = "document.documentElement.scrollWidth > window.innerWidth"
    assert not [address for address in visit_pages(page) if page.evaluate(measure)]


@pytest.mark.django_db(transaction=True)
def test_the_pages_of_the_account_can_be_used_by_everybody(new_page, ana):
    page = new_page(bypass_csp=True)  # what looks at the page brings styles of its own
    faults = [
        (address, fault["id"], fault["nodes"][0]["html"])
        for address in visit_pages(page)
        for fault in Axe().run(page, options={"preload": False}).response["violations"]
    ]
    assert not faults
