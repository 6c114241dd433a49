"""The audit log as the auditor sees it, as the operator checks it, and as the witnesses hear of it."""

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from audit import append_only
from audit.chain import record
from audit.head import send_head_to_witnesses
from audit.models import Event
from tests.support.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    client.force_login(make_staff("aud", role="auditor"))
    return client


@pytest.fixture
def witnesses(settings):
    settings.AUDIT_WITNESSES = ["one@example.org", "two@example.net"]


def rows(page):
    return [event.verb for event in page.context["cl"].result_list]


def test_the_newest_line_is_first(auditor):
    for verb in ("update.published", "update.withdrawn"):
        record(verb, actor="ana")
    assert rows(auditor.get("/admin/audit/event/")) == ["update.withdrawn", "update.published"]


@pytest.mark.parametrize("query", ["verb=update.withdrawn", "actor=ben", "q=update:7"])
def test_the_auditor_finds_what_was_done_by_whom_to_what(auditor, query):
    record("update.published", actor="ana", subject="update:1")
    record("update.withdrawn", actor="ben", subject="update:7")
    assert rows(auditor.get(f"/admin/audit/event/?{query}")) == ["update.withdrawn"]


def test_a_line_shows_its_details_and_its_tie(auditor):
    event = record("account.roles", actor="ada", before=["auditor"], after=["approver"])
    page = auditor.get(f"/admin/audit/event/{event.pk}/change/").content.decode()
    assert event.digest in page
    assert "after: [&quot;approver&quot;]" in page


def test_a_long_log_is_read_with_few_queries(auditor, django_assert_max_num_queries):
    for number in range(60):
        record("update.published", actor="ana", subject=f"update:{number}")
    with django_assert_max_num_queries(12):
        auditor.get("/admin/audit/event/")


def test_verify_audit_says_that_the_log_holds(capsys):
    event = record("update.published")
    call_command("verify_audit")
    assert f"holds up to line {event.pk}, digest {event.digest}" in capsys.readouterr().out


def test_verify_audit_names_the_first_broken_line():
    events = [record("update.published", actor="ana") for _number in range(3)]
    append_only.remove_guard(Event)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_event SET actor = 'nobody' WHERE id >= %s", [events[1].pk])
    with pytest.raises(CommandError, match=f"broken at line {events[1].pk}: this event was changed"):
        call_command("verify_audit")


def test_verify_audit_finds_a_log_that_was_cut_off_by_the_anchor_of_a_letter(witnesses, mailoutbox):
    record("update.published")
    head = send_head_to_witnesses()
    assert f"--anchor {head.digest}" in mailoutbox[0].body
    append_only.remove_guard(Event)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event")
    with pytest.raises(CommandError, match="broken at the end: the anchored event is not in the log"):
        call_command("verify_audit", anchor=head.digest)


def test_the_witnesses_hear_of_the_log_once_a_day_each_in_a_letter_of_their_own(witnesses, mailoutbox):
    record("update.published")
    with time_machine.travel("2026-03-02 08:00", tick=False) as clock:
        send_head_to_witnesses()
        send_head_to_witnesses()
        clock.shift(24 * 3600)
        send_head_to_witnesses()
    assert [letter.to for letter in mailoutbox] == [["one@example.org"], ["two@example.net"]] * 2


def test_a_letter_that_did_not_leave_is_not_written_down_as_sent(witnesses, settings):
    record("update.published")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(ConnectionRefusedError):
        send_head_to_witnesses()
    assert not Event.objects.filter(verb="audit.head_sent").exists()
