"""What a restore refuses, what it cleans up, and what it tells."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from audit import append_only, erasures
from audit.models import Event
from newsletter.composition.digests import compose_due_digests
from newsletter.models import SignUp
from newsletter.restore_hooks import settle_restored_editions
from newsletter.subscribers import signup
from operations.backup import restore
from operations.backup.sealed_file import UnreadableBackup
from tests.operations.test_backup import copy, place, restore_copy, run_command  # noqa: F401 (fixtures)
from tests.support.factories import make_update
from tests.support.newsletter_fixtures import make_subscriber

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("name", [".htaccess", "a/b.jpg", "../b.jpg", "a.jpg/", "a" * 81 + ".jpg", "a.jpg.exe", ""])
def test_a_file_with_a_name_that_the_site_never_gives_is_refused(name):
    with pytest.raises(UnreadableBackup, match="never gives"):
        restore.store_file(name, b"")


def test_a_copy_whose_log_is_broken_comes_back_and_the_report_says_so(copy):  # noqa: F811
    make_update(public=True)
    append_only.remove_guard(Event)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_event SET actor = 'nobody' WHERE id = (SELECT MIN(id) FROM audit_event)")
    run_command("backup", str(copy))
    assert "audit log of the copy is broken at line" in restore_copy(copy)


def test_a_sign_up_that_nobody_confirmed_in_two_days_does_not_come_back(copy):  # noqa: F811
    with time_machine.travel(timezone.now() - dt.timedelta(hours=49)):
        signup.request_sign_up("ana@example.org", language="en", frequency="weekly")
    signup.request_sign_up("ben@example.org", language="en", frequency="weekly")
    run_command("backup", str(copy))
    restore_copy(copy)
    assert SignUp.objects.count() == 1


def test_what_another_machine_remembers_is_remembered_here_from_then_on(copy):  # noqa: F811
    """Of an item too that the copy does not hold: the next copy may."""
    make_update(public=True)
    run_command("backup", str(copy))
    theirs = erasures.Erasure(timezone.now(), erasures.PURGED, str(uuid.uuid4()))
    restore.restore_backup(copy, also=[str(theirs)])
    assert [str(one) for one in erasures.read_erasures()] == [str(theirs)]


@pytest.mark.parametrize(("hours", "again"), [(1, 1), (23, 0)])
def test_a_digest_that_left_after_a_copy_that_knew_of_none_is_not_sent_again(hours, again):
    """The copy is of five in the morning, the digest of six; restored before six it is still to come."""
    taken = dt.datetime(2026, 11, 20, 4, 30, tzinfo=dt.UTC)
    with time_machine.travel(taken, tick=False) as clock:
        make_update(public=True)
        make_subscriber(frequency="daily")
        clock.move_to(taken + dt.timedelta(hours=hours))
        settle_restored_editions(taken)
        clock.move_to(taken + dt.timedelta(hours=max(hours, 2)))
        assert compose_due_digests() == again
