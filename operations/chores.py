"""What the background worker does by the clock besides mail: nobody has to write a timer.

Each duty is tried at its hour until it went well once, and none keeps another waiting.
Not here: the round that asks every minute (`newsletter/delivery/tasks.py`), when each was last
done (`audit/last_runs.py`).
"""

import datetime as dt
import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.dispatch import receiver
from django.utils import timezone
from django_tasks import task

from audit.head import send_head_to_witnesses
from audit.last_runs import BACKUP, get_last_run, get_last_runs, note_run
from newsletter.queue import enqueue_once
from newsletter.signals import round_passed
from publishing.media.files import delete_orphaned_files
from publishing.media.inventory import get_files_in_use

logger = logging.getLogger(__name__)

BACKUP_PREFIX = "ohrm-"
BACKUP_INTERVAL = dt.timedelta(hours=23)


@dataclass(frozen=True)
class Chore:
    name: str  # at most 40 characters, in `LastRun`
    every: dt.timedelta
    do: Callable[[], object]


def sweep_files():
    return delete_orphaned_files(get_files_in_use())


def clear_sessions():
    call_command("clearsessions", verbosity=0)


def start_backup():
    """Writes a backup into BACKUP_TO, unless there is one of today, in a process of its own: it may take long."""
    last = get_last_run(BACKUP)
    if not settings.BACKUP_TO or (last and timezone.now() - last.at < BACKUP_INTERVAL):
        return
    name = f"{BACKUP_PREFIX}{timezone.now():%Y-%m-%dT%H%M}.backup"
    subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "backup", str(Path(settings.BACKUP_TO) / name)],
        start_new_session=True,
    )


def delete_old_backups():
    """Deletes all but the newest BACKUP_KEEP files that `start_backup` made; everything else there is left alone."""
    if settings.BACKUP_TO:
        made = sorted(Path(settings.BACKUP_TO).glob(f"{BACKUP_PREFIX}????-??-??T????.backup"))
        for path in made[: -settings.BACKUP_KEEP]:
            path.unlink(missing_ok=True)


BACKUP_RETRY = dt.timedelta(hours=3)  # after one that did not get to its end
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
CHORES = [
    Chore("sweep", DAY, sweep_files),
    Chore("sessions", DAY, clear_sessions),
    Chore("witnesses", HOUR, send_head_to_witnesses),
    Chore("backup start", BACKUP_RETRY, start_backup),
    Chore("old backups", HOUR, delete_old_backups),
]


def find_due_chores():
    runs, now = get_last_runs(), timezone.now()
    # A clock that was put back must not stop a duty until it has caught up.
    return [one for one in CHORES if one.name not in runs or not now - one.every < runs[one.name].at <= now]


@receiver(round_passed)
def queue_due_chores(**kwargs):
    if find_due_chores():
        enqueue_once(do_due_chores)


@task(priority=-95)
def do_due_chores():
    for chore in find_due_chores():
        try:
            chore.do()
        except Exception:  # the next one has nothing to do with it
            logger.exception("%s did not go well; it is tried again.", chore.name)
        else:
            note_run(chore.name)
