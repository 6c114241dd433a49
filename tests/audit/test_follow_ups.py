"""What follows a deed is done at last: after a kill, after a fault, each by itself."""

import datetime as dt
import os

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from audit import follow_ups
from audit.models import FollowUp
from operations.status import describe_follow_ups
from publishing.media.inventory import get_files_in_use
from publishing.workflow import transitions
from tests.support.factories import make_update

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = [letter * 40 + ".jpg" for letter in "abc"]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT, settings.DATA_DIR = tmp_path / "media", tmp_path
    for name in NAMES:
        default_storage.save(name, ContentFile(b"pixels"))
    return settings.MEDIA_ROOT


def make_withdrawn():
    drawn = [{"name": name, "type": "image/jpeg", "width": 1, "height": 1} for name in NAMES]
    picture = {"renditions": drawn, "width": 1, "height": 1}
    update = make_update("Marked", public=True, picture=picture, picture_decorative=True)
    transitions.withdraw(update, reason="danger")
    return update


def purge_and_be_killed(update, monkeypatch):
    """Commits, and does nothing that was to follow."""
    with monkeypatch.context() as killed:
        killed.setattr(follow_ups, "work_off_rows", lambda rows: None)
        transitions.purge(update, by=None)


def work_later(work_off, *, minutes=2):
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=minutes), tick=False):
        work_off()


def test_files_of_a_purged_item_go_although_the_process_was_killed_after_the_commit(media, monkeypatch, work_off):
    purge_and_be_killed(make_withdrawn(), monkeypatch)
    assert len(list(media.iterdir())) == 3
    work_later(work_off)
    assert not list(media.iterdir())
    assert not FollowUp.objects.exists()


def test_files_of_a_purged_item_are_in_no_backup_even_while_they_lie_there(media, monkeypatch):
    purge_and_be_killed(make_withdrawn(), monkeypatch)
    assert list(media.iterdir())
    assert not get_files_in_use() & set(NAMES)


def test_one_file_that_cannot_be_deleted_leaves_no_other_behind(media, monkeypatch, work_off):
    update, stuck = make_withdrawn(), media / NAMES[0]
    stuck.unlink()
    stuck.mkdir()
    (stuck / "inside").touch()
    transitions.purge(update, by=None)
    assert [path.name for path in media.iterdir()] == [NAMES[0]]
    (stuck / "inside").unlink()
    stuck.rmdir()
    default_storage.save(NAMES[0], ContentFile(b"pixels"))
    work_later(work_off)
    assert not list(media.iterdir())


def test_what_fails_is_tried_more_and_more_seldom_and_says_what_kind_of_fault_it_was(monkeypatch):
    monkeypatch.setitem(follow_ups.handlers, "broken", lambda _argument: os.stat("/nowhere/secret"))
    with transaction.atomic():
        follow_ups.add_follow_ups("broken", [None])
    row = FollowUp.objects.get()
    first = row.due_at - timezone.now()
    follow_ups.work_off_row(row)
    row.refresh_from_db()
    assert row.due_at - timezone.now() > first
    assert row.trouble == "FileNotFoundError No such file or directory"


def test_a_deed_that_is_undone_has_nothing_to_follow():
    with transaction.atomic():
        follow_ups.add_follow_ups("file", NAMES)
        transaction.set_rollback(True)
    assert not FollowUp.objects.exists()
    assert default_storage.exists(NAMES[0])


def test_a_published_file_is_not_deleted_although_a_draft_replaced_it():
    make_withdrawn()
    with transaction.atomic():
        follow_ups.add_follow_ups("file", NAMES)
    assert default_storage.exists(NAMES[0])


def test_what_is_not_done_after_a_while_is_told_to_whoever_runs_the_site(monkeypatch, capsys):
    purge_and_be_killed(make_withdrawn(), monkeypatch)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1), tick=False):
        call_command("check", databases=["default"])
        assert "audit.W001" in capsys.readouterr().err
        with pytest.raises(CommandError):
            call_command("privacy_audit")
        line = describe_follow_ups()
    # Three files and the line of the journal; SQLite also has a file of its own to empty.
    waiting = 5 if connection.vendor == "sqlite" else 4
    assert f"{waiting} not done, the oldest (erasures)" in line.text
    assert not line.ok
    assert "audit_followup, file: not done after 0 tries" in capsys.readouterr().out
