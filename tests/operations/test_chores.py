"""What the background worker does by the clock, so that nobody writes a timer."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone

from audit import last_runs
from audit.chain import record
from audit.models import LastRun
from newsletter.delivery.tasks import run_every_minute
from operations import chores
from staff.models import Session
from tests.support.environment import make_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_of_worker(work_off):
    """One minute of the background worker, with all that it queued."""

    def run():
        run_every_minute.call()
        work_off()

    return run


def test_a_session_that_ended_is_deleted_by_the_worker(round_of_worker):
    yesterday = timezone.now() - dt.timedelta(days=1)
    Session.objects.create(session_key="x", expire_date=yesterday, created=yesterday, seen=yesterday)
    round_of_worker()
    assert not Session.objects.exists()


def test_a_duty_is_done_once_a_day(round_of_worker):
    round_of_worker()
    first = last_runs.get_last_run("sweep").at
    round_of_worker()
    assert last_runs.get_last_run("sweep").at == first
    LastRun.objects.filter(name="sweep").update(at=first - dt.timedelta(days=1, minutes=1))
    round_of_worker()
    assert last_runs.get_last_run("sweep").at > first


def test_a_clock_that_was_put_back_stops_no_duty(round_of_worker):
    tomorrow = timezone.now() + dt.timedelta(days=1)
    LastRun.objects.create(name="sweep", at=tomorrow)
    round_of_worker()
    assert last_runs.get_last_run("sweep").at < tomorrow


def test_a_duty_that_fails_keeps_no_other_from_its_turn_and_is_tried_again(round_of_worker, settings, tmp_path):
    settings.AUDIT_WITNESSES = ["witness@example.org"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    record("update.published")
    round_of_worker()
    assert last_runs.get_last_run("witnesses") is None
    assert last_runs.get_last_run("sweep")


def test_the_worker_says_each_minute_that_it_lives(round_of_worker):
    round_of_worker()
    assert timezone.now() - last_runs.get_last_run(last_runs.WORKER).at < dt.timedelta(minutes=1)


def test_only_the_newest_backups_of_the_worker_stay(settings, tmp_path):
    settings.BACKUP_TO, settings.BACKUP_KEEP = str(tmp_path), 2
    for day in ("01", "02", "03"):
        (tmp_path / f"ohrm-2026-11-{day}T0300.backup").touch()
    (tmp_path / "by-hand.backup").touch()
    chores.delete_old_backups()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"ohrm-2026-11-02T0300.backup", "ohrm-2026-11-03T0300.backup", "by-hand.backup"}


@pytest.mark.django_db(transaction=True)
def test_a_backup_says_when_it_was_made(settings, tmp_path):
    settings.BACKUP_KEY = [make_key(5)]
    call_command("backup", str(tmp_path / "one"))
    assert last_runs.get_last_run(last_runs.BACKUP)
