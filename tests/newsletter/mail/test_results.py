"""What answers of mail servers mean: the same for a confirmation, an edition and mail that comes back."""

import smtplib

import pytest
from django.utils import timezone

from newsletter.mail.results import Fault, Outcome, classify_error, classify_reply, explain_answer, is_address_fault
from newsletter.models import SignUp
from newsletter.subscribers import signup
from newsletter.subscribers.confirmation import send_due_confirmations


@pytest.mark.parametrize(
    ("stage", "code", "text", "outcome", "noted"),
    [
        ("mail", 550, b"5.7.1 Who are you", Outcome.LATER, "mail 550"),
        ("rcpt", 450, b"4.2.1 Greylisted", Outcome.LATER, "rcpt 450"),
        ("rcpt", 550, b"5.1.1 No such user", Outcome.NEVER, "rcpt 550"),
        ("rcpt", 550, b"No such user at 10.5.7.1", Outcome.NEVER, "rcpt 550"),
        ("rcpt", 552, b"5.2.2 Mailbox full", Outcome.LATER, "full 552"),
        ("rcpt", 550, b" 5.7.1 Blocked", Outcome.NEVER, "policy 550"),
        ("rcpt", 450, b"4.7.1 Wait", Outcome.LATER, "policy 450"),
        ("end", 554, b"5.6.0 Odd", Outcome.NEVER, "end 554"),
        ("end", 452, b"4.3.1 Full disk", Outcome.LATER, "end 452"),
    ],
)
def test_a_reply_means_what_its_stage_class_and_status_say(stage, code, text, outcome, noted):
    result = classify_reply(stage, code, text)
    assert (result.outcome, result.code_text) == (outcome, noted)


@pytest.mark.parametrize("text", [b"5.1.1 No such user", b"5.2.2 Mailbox full", b"5.7.1 Blocked", b"5.4.4 No host"])
def test_a_reply_and_a_report_with_the_same_status_mean_the_same(text):
    outcome = classify_reply("rcpt", 550, text).outcome
    assert explain_answer(f"dsn {text.decode().split()[0]}")[1] == outcome


@pytest.mark.parametrize(
    ("noted", "is_fault"),
    [("rcpt 550", True), ("dsn 5.1.1", True), ("policy 550", False), ("full 552", False), ("dsn 5.7.1", False)]
    + [("rcpt 450", False), ("end 554", False), ("dsn 5.6.0", False), ("lost", False), ("", False)],
)
def test_only_a_final_refusal_of_the_address_counts_against_it(noted, is_fault):
    assert is_address_fault(noted) == is_fault


def test_what_was_noted_is_read_as_it_was_meant():
    assert explain_answer("policy 550") == (Fault.POLICY, Outcome.NEVER)
    assert explain_answer("full 552") == (Fault.MAILBOX, Outcome.LATER)


@pytest.mark.parametrize(
    ("error", "outcome", "listens"),
    [
        (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"5.1.1 Unknown")}), Outcome.NEVER, True),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (450, b"4.2.1 Later")}), Outcome.LATER, True),
        (smtplib.SMTPDataError(554, b"5.6.0 Odd"), Outcome.NEVER, True),
        (smtplib.SMTPSenderRefused(550, b"5.7.1 Who", "news@example.org"), Outcome.LATER, False),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 No"), Outcome.LATER, False),
        (smtplib.SMTPServerDisconnected("gone"), Outcome.LATER, False),
        (ConnectionRefusedError(), Outcome.LATER, False),
    ],
)
def test_an_error_of_djangos_backend_is_read_by_the_same_table(error, outcome, listens):
    result = classify_error(error)
    assert (result.outcome, not result.is_server_failure) == (outcome, listens)


@pytest.mark.django_db
@pytest.mark.parametrize(("answer", "waits"), [("554 5.6.0 Odd", False), ("451 4.3.0 Later", True)])
def test_a_confirmation_that_is_refused_keeps_no_other_waiting(smtp_sink, answer, waits):
    for name in ("ana", "boris"):
        signup.request_sign_up(f"{name}@example.org", language="en", frequency="weekly")
    smtp_sink.refusals.append(answer)
    send_due_confirmations()
    assert len(smtp_sink.received) == 1
    assert SignUp.objects.filter(due_at__gt=timezone.now()).exists() == waits
