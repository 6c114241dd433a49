"""Taking the addresses out: rarely, for a reason, never unseen."""

import csv
import io
import time

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from audit.models import Event
from newsletter.models import Subscriber
from newsletter.subscribers import addresses
from staff.models import Account
from staff.roles import ROLES
from tests.support.factories import PASSWORD, make_staff
from tests.support.newsletter_fixtures import make_subscriber, read_sent_mails

pytestmark = pytest.mark.django_db

PAGE = "/admin/newsletter/subscriber/export/"
REASON = "We move to another server."


@pytest.fixture(autouse=True)
def switched_on(settings, tmp_path):
    settings.SUBSCRIBER_EXPORT = True
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"


def log_in(client, account):
    """As a person does it, with the code of an app."""
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    client.post("/admin/login/", {"username": account.username, "password": PASSWORD})
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client.post("/admin/login/code/", {"code": code})


@pytest.fixture
def others():
    """Two administrators who are to hear of it."""
    for name in ["carla", "dan"]:
        make_staff(name, role="administrator")
        Account.objects.filter(username=name).update(email=f"{name}@staff.example", language="en")


@pytest.fixture
def ada(client, others):
    account = make_staff("ada", role="administrator")
    log_in(client, account)
    return account


def exported(client, reason=REASON):
    """The rows of the file; None where there was none."""
    answer = client.post(PAGE, {"reason": reason})
    if not answer.streaming:
        return None
    return list(csv.reader(io.StringIO(answer.getvalue().decode())))


def lines_of_the_log():
    return Event.objects.filter(verb="subscribers.exported")


def test_an_administrator_gets_the_file_and_the_log_says_why(client, ada):
    make_subscriber()
    rows = exported(client)
    assert rows[1][:3] == ["ana@example.org", "en", "weekly"]
    line = lines_of_the_log().get()
    assert (line.actor, line.detail) == ("ada", {"number": 1, "reason": REASON})


def test_every_other_administrator_is_alarmed(client, ada, work_off):
    make_subscriber()
    exported(client)
    work_off()
    told = {message["To"]: message.get_content() for message in read_sent_mails()}
    assert set(told) == {"carla@staff.example", "dan@staff.example"}
    assert all("ada" in text and REASON in text and "ana@example.org" not in text for text in told.values())


def test_an_alarm_outlives_a_mail_server_that_is_down(client, ada, settings, work_off):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = 9
    exported(client)
    work_off()
    settings.EMAIL_BACKEND = "newsletter.mail.file_backend.FileBackend"
    with time_machine.travel(time.time() + 660):
        work_off()
    assert len(read_sent_mails()) == 2


@pytest.mark.parametrize("role", sorted(ROLES))
def test_nobody_gets_addresses_without_a_line_in_the_log(client, others, role):
    make_subscriber()
    log_in(client, make_staff(f"the-{role}", role=role))
    got_file = exported(client) is not None
    assert got_file == (role == "administrator")
    assert lines_of_the_log().count() == int(got_file)


def test_it_is_off_by_default(client, ada, settings):
    settings.SUBSCRIBER_EXPORT = False
    assert client.get(PAGE).status_code == client.post(PAGE, {"reason": REASON}).status_code == 404
    assert PAGE not in client.get("/admin/newsletter/subscriber/").content.decode()
    settings.SUBSCRIBER_EXPORT = True
    assert PAGE in client.get("/admin/newsletter/subscriber/").content.decode()


def test_a_proof_of_long_ago_is_not_enough(client, ada):
    with time_machine.travel(time.time() + 601):
        assert client.get(PAGE).status_code == 302
        assert exported(client) is None
    assert not lines_of_the_log().exists()


def test_the_password_alone_is_not_enough(client, others):
    make_staff("ada", role="administrator")
    client.post("/admin/login/", {"username": "ada", "password": PASSWORD})
    assert "no second factor" in client.get(PAGE).content.decode()
    assert exported(client) is None


@pytest.mark.parametrize("reason", ["", "because", "ana@example.org asked for it"])
def test_without_a_reason_in_writing_there_is_no_file(client, ada, reason):
    assert exported(client, reason) is None
    assert not lines_of_the_log().exists()


def test_where_nobody_would_be_alarmed_there_is_no_file(client, ada):
    Account.objects.exclude(pk=ada.pk).update(is_active=False)
    assert "no other administrator to notify" in client.get(PAGE).content.decode()
    assert exported(client) is None


def test_sealed_addresses_cannot_be_taken_out_here(client, ada, settings):
    settings.SUBSCRIBER_SEAL = addresses.generate_key_pair()[0]
    make_subscriber()
    assert "only the private key opens them" in client.get(PAGE).content.decode()
    assert exported(client) is None


def test_no_cell_is_a_formula_and_nobody_keeps_the_file(client, ada):
    make_subscriber("=1+1@example.org")
    answer = client.post(PAGE, {"reason": REASON})
    assert "no-store" in answer["Cache-Control"]
    assert b"'=1+1@example.org" in answer.getvalue()


def test_a_long_list_is_streamed(client, ada, django_assert_max_num_queries):
    for number in range(30):
        make_subscriber(f"reader{number}@example.org")
    with django_assert_max_num_queries(40):
        assert len(exported(client)) == 31
    assert Subscriber.objects.count() == 30
