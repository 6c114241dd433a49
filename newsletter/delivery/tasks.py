"""What happens every minute: confirmations, digests, mail that is due."""

import datetime as dt
import logging
import time

from django.conf import settings
from django.dispatch import receiver
from django_tasks import task

from audit.last_runs import MAIL_REFUSED, MAIL_SENT, WORKER, note_run
from newsletter.composition.digests import compose_due_digests
from newsletter.queue import delete_finished_tasks, enqueue_once, requeue_lost_tasks
from newsletter.signals import mail_expected, round_passed
from newsletter.subscribers.confirmation import send_due_confirmations

from .sending import send_due

logger = logging.getLogger(__name__)

RUN_INTERVAL = dt.timedelta(minutes=1)
# Other tasks of the same worker are not kept waiting longer than this by a long send.
MAX_SEND_SECONDS = 20  # seconds


@task(priority=-50)
def run_every_minute():
    """What has to happen every minute: answers, digests, mail.

    In the database queue it queues its own next turn before it begins, so a worker that is killed ends nothing, and
    every sign-up, import and letter sees to it that there is a next turn. A broker has a clock of its own.
    """
    enqueue_once(run_every_minute, after=RUN_INTERVAL)
    requeue_lost_tasks()
    note_run(WORKER)
    round_passed.send_robust(sender=None)
    if run_due_work():
        run_every_minute.enqueue()


def run_due_work():
    """Returns whether more is due right now than fitted into one turn."""
    send_due_confirmations()
    compose_due_digests()
    delete_finished_tasks()
    if settings.SUBSCRIBER_SEAL:
        return False  # a person sends, and brings the key
    until = time.monotonic() + MAX_SEND_SECONDS
    report = send_due(should_stop=lambda: time.monotonic() > until)
    if report.sent:
        note_run(MAIL_SENT)
    if report.trouble:
        note_run(MAIL_REFUSED, note=report.trouble)
    if report.sent or report.trouble:
        logger.info("%s. %s", report, report.trouble)
    return time.monotonic() > until and not report.trouble


@receiver(mail_expected)
def ensure_periodic_run(**kwargs):
    enqueue_once(run_every_minute, after=RUN_INTERVAL)
