"""Mail comes back in every shape, and each comes to its right end."""

import base64
import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from newsletter.composition import digests
from newsletter.delivery import claims
from newsletter.delivery.bounces import parse_bounce
from newsletter.delivery.sending import send_due
from newsletter.mail.results import BatchResults, Outcome, SendResult
from newsletter.models import Delivery, Edition, Subscriber
from newsletter.subscribers import links
from tests.support.newsletter_fixtures import make_release, make_subscriber

from .returned_formats import FORMATS, letter, report

pytestmark = pytest.mark.django_db
ENDS = {name: end for name, (_message, end) in FORMATS.items()}


@pytest.fixture
def ana(settings, tmp_path):
    """A reader who was sent one mail."""
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"
    settings.DATA_DIR, settings.MAIL_CONNECTIONS, settings.MAIL_BOUNCES = tmp_path, 1, "bounces@example.org"
    subscriber = make_subscriber()
    make_release()
    digests.compose_due_digests()
    send_due()
    return subscriber


def envelope_of(subscriber):
    return links.build_envelope_sender(subscriber.pk)


def head_of_returned(subscriber):
    unsubscribe = links.build_unsubscribe_link(subscriber.pk, language="en")
    name = links.make_message_id("edition", Delivery.objects.latest("pk").edition_id, subscriber.pk)
    return f"Subject: 1 update\nMessage-ID: <{name}@testserver>\nList-Unsubscribe: <{unsubscribe}>\n"


def fill(message, subscriber, *, verp=None):
    filled = message.replace("{verp}", verp or envelope_of(subscriber))
    return filled.replace("{returned}", head_of_returned(subscriber)).encode()


def come_back(place, raw):
    (place / "one.eml").write_bytes(raw)
    call_command("read_bounces", str(place / "one.eml"))


def test_more_than_sixty_formats_are_known():
    assert len(FORMATS) > 60


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_comes_to_its_end(ana, name):
    bounce = parse_bounce(fill(FORMATS[name][0], ana))
    assert (bounce.status if bounce else "") == ENDS[name]


@pytest.mark.parametrize("name", [name for name, end in ENDS.items() if end and "{returned}" in FORMATS[name][0]])
def test_whose_it_is_is_known_without_the_envelope_too(ana, name):
    """A relay took the address of the envelope away; what came back names the reader."""
    assert parse_bounce(fill(FORMATS[name][0], ana, verp="bounces@example.org")).row == ana.pk


@pytest.mark.parametrize("name", [name for name, end in ENDS.items() if end in {"", "5.2.2"}])
def test_what_says_nothing_for_good_counts_as_nothing(ana, tmp_path, name):
    come_back(tmp_path, fill(FORMATS[name][0], ana))
    assert Delivery.objects.get().state == Delivery.State.SENT


@pytest.mark.parametrize("name", [name for name, end in ENDS.items() if end == "complaint"])
def test_every_complaint_erases_at_once(ana, tmp_path, name):
    come_back(tmp_path, fill(FORMATS[name][0], ana))
    assert not Subscriber.objects.exists()
    assert Edition.objects.get().complaints == 1


def test_whatever_cuts_a_message_short_stops_nothing(ana):
    for name, (message, _end) in FORMATS.items():
        raw = fill(message, ana)
        for length in range(0, len(raw), 97):
            parse_bounce(raw[:length])
        parse_bounce(raw.replace(b"\n", b"\r\n"))
        assert name


# --- Where the envelope stands ----------------------------------------------------------------

SAYING = "550 5.1.1 user unknown"


@pytest.mark.parametrize(
    "line",
    [
        "To: {}",
        "Delivered-To: {}",
        "X-Original-To: {}",
        "Envelope-To: {}",
        "X-Envelope-To: <{}>",
        "X-Delivered-To: {}",
        "Apparently-To: {}",
        "Received: from mx.example by mail.example.org for <{}>; Tue, 1 Jun 2021 10:00:00 +0000",
        "X-Forwarded-To: SRS0=ab12=ZZ=example.org={}",
    ],
)
def test_the_address_of_the_envelope_is_seen_wherever_it_stands(ana, line):
    address = envelope_of(ana)
    for written in (address, address.upper()):
        head = f"From: MAILER-DAEMON@mx.example\nSubject: Undeliverable\n{line.format(written)}\n"
        assert parse_bounce(f"{head}\n{SAYING}\n".encode()).row == ana.pk


def test_the_address_that_a_forwarder_rewrote_is_seen(ana):
    local, _at, domain = envelope_of(ana).partition("@")
    rewritten = f"SRS0=HHH=TT={domain}={local}@forwarder.example"
    assert parse_bounce(fill(letter(SAYING), ana, verp=rewritten)).row == ana.pk


def test_a_token_inside_an_encoded_copy_is_found(ana):
    copy = base64.encodebytes(head_of_returned(ana).encode()).decode()
    message = report("5.1.1", copy="message/rfc822\nContent-Transfer-Encoding: base64")
    raw = message.replace("{verp}", "bounces@example.org").replace("{returned}", copy).encode()
    assert parse_bounce(raw).row == ana.pk


def test_what_bears_no_token_of_ours_is_nobodys(ana):
    forged = fill(letter(SAYING), ana, verp=f"bounces+{ana.pk}-{'0' * 20}@example.org")
    assert parse_bounce(forged) is None


# --- What is given up again and again ---------------------------------------------------------

EXPIRED = FORMATS["Exchange 2010, expired"][0]


def send_and_give_up(place, subscriber, days):
    """A mail on each of these days, and its report."""
    begun = timezone.now()
    for number, day in enumerate(days):
        with time_machine.travel(begun + dt.timedelta(days=day)):
            if number:
                edition = Edition.objects.create(state="sending", numbers=Edition.objects.first().numbers)
                Delivery.objects.create(edition=edition, subscriber=subscriber)
                send_due()
            come_back(place, fill(EXPIRED, subscriber))


def test_an_address_that_nothing_reached_for_thirty_days_is_erased(ana, tmp_path):
    send_and_give_up(tmp_path, ana, [0, 10, 20, 31])
    assert not Subscriber.objects.exists()


def test_an_address_that_nothing_reached_for_a_shorter_time_stays(ana, tmp_path):
    send_and_give_up(tmp_path, ana, [0, 7, 14, 21, 28])
    assert Subscriber.objects.exists()


def test_two_mails_are_not_enough_however_far_apart(ana, tmp_path):
    send_and_give_up(tmp_path, ana, [0, 90])
    assert Subscriber.objects.exists()


def test_a_mail_that_arrived_in_between_begins_the_time_anew(ana, tmp_path):
    send_and_give_up(tmp_path, ana, [0, 10, 20])
    Delivery.objects.filter(pk=Delivery.objects.order_by("pk")[1].pk).update(state="sent", code="")
    send_and_give_up(tmp_path, ana, [0, 15, 29])
    assert Subscriber.objects.exists()


def test_mails_that_are_still_on_their_way_do_not_save_a_dead_address(ana, tmp_path):
    """A server gives up after five days, when newer mails wait there already."""
    send_and_give_up(tmp_path, ana, [0, 10, 20])
    reported = fill(EXPIRED, ana)
    with time_machine.travel(timezone.now() + dt.timedelta(days=32)):
        for _number in range(2):
            edition = Edition.objects.create(state="sending", numbers=Edition.objects.first().numbers)
            Delivery.objects.create(edition=edition, subscriber=ana)
        send_due()
        older = Delivery.objects.order_by("-pk")[1]
        name = links.make_message_id("edition", older.edition_id, ana.pk)
        come_back(tmp_path, reported + f"\nMessage-ID: <{name}@testserver>\n".encode())
    assert not Subscriber.objects.exists()


def test_what_was_never_taken_for_thirty_days_is_erased_too(ana):
    """The server of the address answers 450 for ever: no report comes back, we gave up ourselves."""
    begun = timezone.now() - dt.timedelta(days=40)
    Delivery.objects.update(state="refused", code="rcpt 450", claimed_at=begun)
    for day in (10, 20, 30):
        edition = Edition.objects.create(state="sent")
        at = begun + dt.timedelta(days=day)
        Delivery.objects.create(edition=edition, subscriber=ana, state="refused", code="rcpt 450", claimed_at=at)
    Delivery.objects.latest("pk").delete()
    edition = Edition.objects.create(state="sending", numbers=Edition.objects.first().numbers)
    Delivery.objects.create(edition=edition, subscriber=ana, tries=3, claim="one", state="claimed")
    with time_machine.travel(timezone.now() + dt.timedelta(days=3)):
        answers = {Delivery.objects.latest("pk").pk: SendResult(Outcome.LATER, "rcpt", 450)}
        rows = dict.fromkeys(answers, ana.pk)
        claims.record_outcomes(edition, "one", BatchResults(rows=rows, answers=answers))
    assert not Subscriber.objects.exists()


def test_a_full_mailbox_is_never_called_unreachable(ana, tmp_path):
    full = FORMATS["Exim, full"][0]
    for _number in range(5):
        come_back(tmp_path, fill(full, ana))
    assert Delivery.objects.get().state == Delivery.State.SENT
