"""Sees to it that sign-ups are answered soon: by the background worker, and at once in a thread here."""

import datetime as dt
import logging
import os
import threading

from django.db import connection, connections, transaction
from django.utils import timezone
from django_tasks import task

from newsletter.queue import enqueue_once
from newsletter.signals import mail_expected

from .confirmation import send_due_confirmations

logger = logging.getLogger(__name__)

# Between a request and the work it left, so that the work of one visitor is not felt by the next.
DEBOUNCE_SECONDS = 0.5  # seconds


@task()
def send_confirmations():
    send_due_confirmations()


def queue_confirmations():
    """To be called once the sign-up is written. The thread makes it quick even where no worker runs; the queued
    task makes sure that it is done if this process dies first."""
    try:
        enqueue_once(send_confirmations)
        mail_expected.send(sender=None)
    except Exception:  # the queue may be another server: the thread below does the work all the same
        logger.exception("The task queue did not take a task.")
    transaction.on_commit(confirmation_worker.ring)


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
