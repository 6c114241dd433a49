"""Gets work done that nobody waits for: by the background worker, and what is urgent at once in a thread here.

The work itself waits in the database, so a task may be lost, doubled or run twice at once without harm.
"""

import datetime as dt
import logging
import os
import threading
import time

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult, get_date_max

from newsletter.composition.editions import compose_due_digests
from newsletter.subscribers.confirmation import send_due_confirmations

from .sending import send_due

logger = logging.getLogger(__name__)

# Between a request and the work it left, so that the work of one visitor is not felt by the next.
DEBOUNCE_SECONDS = 0.5  # seconds
RUN_INTERVAL = dt.timedelta(minutes=1)
# Other tasks of the same worker are not kept waiting longer than this by a long send.
MAX_SEND_SECONDS = 20  # seconds
# No task of ours takes as long as this; one that does belonged to a worker that is no more.
LOST_AFTER = dt.timedelta(minutes=15)
MAX_ATTEMPTS = 3
# A mail that somebody waits for is tried again this often, for two days.
RETRY_AFTER, MAX_TRIES = dt.timedelta(minutes=10), 288


# --- Sign-ups ---------------------------------------------------------------------------------


@task()
def send_confirmations():
    send_due_confirmations()


def queue_confirmations():
    """To be called once the sign-up is written. The thread makes it quick even where no worker runs; the queued
    task makes sure that it is done if this process dies first."""
    try:
        enqueue_once(send_confirmations)
        ensure_periodic_run()
    except Exception:  # the queue may be another server: the thread below does the work all the same
        logger.exception("The task queue did not take a task.")
    transaction.on_commit(confirmation_worker.ring)


def ensure_periodic_run():
    """To be called whenever there may be a first reader, or something new to send."""
    enqueue_once(run_every_minute, after=RUN_INTERVAL)


class ConfirmationWorker:
    """A thread that works when rung, and again by itself when something is to be tried again."""

    def __init__(self):
        self.bell = threading.Event()
        self.guard = threading.Lock()
        self.owner_pid = None

    def ring(self):
        if is_database_in_memory():
            return
        with self.guard:
            if self.owner_pid != os.getpid():  # also after a fork, where only the caller's thread lives on
                self.owner_pid = os.getpid()
                self.bell = threading.Event()
                threading.Thread(target=self.work, name="newsletter-confirmations", daemon=True).start()
        self.bell.set()

    def work(self):
        seconds = None
        while True:
            self.bell.wait(timeout=seconds)
            self.bell.clear()
            self.bell.wait(timeout=DEBOUNCE_SECONDS)
            seconds = self.work_once()

    def work_once(self):
        """Returns after how many seconds something is due again, or None."""
        try:
            due = send_due_confirmations()
        except Exception:  # a thread that dies would leave later visitors waiting
            logger.exception("Sign-ups could not be answered; trying again in a minute.")
            due = timezone.now() + dt.timedelta(minutes=1)
        finally:
            connections.close_all()
        return due and max(5, (due - timezone.now()).total_seconds())


def is_database_in_memory():
    """A SQLite database in memory, as tests have it, is safe in the hands of one thread alone."""
    return connection.vendor == "sqlite" and connection.is_in_memory_db()


confirmation_worker = ConfirmationWorker()


# --- Editions ---------------------------------------------------------------------------------


@task(priority=-50)
def run_every_minute():
    """What has to happen every minute: answers, digests, mail.

    In the database queue it queues its own next turn before it begins, so a worker that is killed ends nothing, and
    every sign-up, import and letter sees to it that there is a next turn. A broker has a clock of its own.
    """
    enqueue_once(run_every_minute, after=RUN_INTERVAL)
    requeue_lost_tasks()
    if run_due_work():
        run_every_minute.enqueue()


def enqueue_once(one, *, after=None):
    """Queues a task unless it is waiting already."""
    if not isinstance(one.get_backend(), DatabaseBackend):
        if after is None:
            one.enqueue()
        return
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=one.module_path)
    # One that waits for longer was queued before the clock was put back.
    soon = timezone.now() + (after or dt.timedelta(0)) + dt.timedelta(seconds=1)
    if not waiting.filter(Q(run_after=get_date_max()) | Q(run_after__lte=soon)).exists():
        (one.using(run_after=timezone.now() + after) if after else one).enqueue()


def retry_task_later(one, *args, tries):
    """Queues a task for a while later, with how often it was tried; to be called by the task itself."""
    if tries < MAX_TRIES:
        one.using(run_after=timezone.now() + RETRY_AFTER).enqueue(*args, tries=tries + 1)


def requeue_lost_tasks():
    """Tasks of a worker that was killed are ready again, except those that killed several."""
    lost = DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - LOST_AFTER)
    for result in lost:
        state = TaskResultStatus.READY if len(result.worker_ids) < MAX_ATTEMPTS else TaskResultStatus.FAILED
        lost.filter(pk=result.pk).update(status=state)


def run_due_work():
    """Returns whether more is due right now than fitted into one turn."""
    send_due_confirmations()
    compose_due_digests()
    delete_finished_tasks()
    if settings.SUBSCRIBER_SEAL:
        return False  # a person sends, and brings the key
    until = time.monotonic() + MAX_SEND_SECONDS
    report = send_due(should_stop=lambda: time.monotonic() > until)
    if report.sent or report.trouble:
        logger.info("%s. %s", report, report.trouble)
    return time.monotonic() > until and not report.trouble


def delete_finished_tasks():
    """Tasks leave a row each; ours tell nothing that is not told better elsewhere."""
    done = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - dt.timedelta(days=1))
    done.filter(task_path__startswith="newsletter.").delete()
