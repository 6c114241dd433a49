"""Gets work done that a visitor does not wait for: at once in a thread here, or by the background worker.

The work itself waits in the database. The thread makes it quick even where no worker runs; the queued task
makes sure that it is done if this process dies first. Both may run at the same time.
"""

import datetime as dt
import logging
import os
import threading

from django.db import connections, transaction
from django.utils import timezone
from django_tasks import task

from .answering import answer_waiting

logger = logging.getLogger(__name__)

# Between a request and the work it left, so that the work of one visitor is not felt by the next.
PAUSE = 0.5  # seconds


@task()
def answer_sign_ups():
    answer_waiting()


def answer_soon():
    """To be called once the sign-up is written."""
    try:
        answer_sign_ups.enqueue()
    except Exception:  # the queue may be another server: the thread below does the work all the same
        logger.exception("The task queue did not take a task.")
    transaction.on_commit(clerk.ring)


class Clerk:
    """A thread that works when rung, and again by itself when something is to be tried again."""

    def __init__(self):
        self.bell = threading.Event()
        self.guard = threading.Lock()
        self.at_home = None

    def ring(self):
        with self.guard:
            if self.at_home != os.getpid():  # also after a fork, where only the caller's thread lives on
                self.at_home = os.getpid()
                self.bell = threading.Event()
                threading.Thread(target=self.work, name="newsletter-clerk", daemon=True).start()
        self.bell.set()

    def work(self):
        seconds = None
        while True:
            self.bell.wait(timeout=seconds)
            self.bell.clear()
            self.bell.wait(timeout=PAUSE)
            seconds = self.work_once()

    def work_once(self):
        """Returns after how many seconds something is due again, or None."""
        try:
            due = answer_waiting()
        except Exception:  # a thread that dies would leave later visitors waiting
            logger.exception("Sign-ups could not be answered; trying again in a minute.")
            due = timezone.now() + dt.timedelta(minutes=1)
        finally:
            connections.close_all()
        return due and max(5, (due - timezone.now()).total_seconds())


clerk = Clerk()
