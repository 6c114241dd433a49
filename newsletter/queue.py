"""How tasks of the newsletter are queued: each once, again later, again after its worker died; swept up at last.

The work itself waits in the database, so a task may be lost, doubled or run twice at once without harm.
"""

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult, get_date_max

# No task of ours takes as long as this; one that does belonged to a worker that is no more.
LOST_AFTER = dt.timedelta(minutes=15)
MAX_ATTEMPTS = 3
# A mail that somebody waits for is tried again this often, for two days.
RETRY_AFTER, MAX_TRIES = dt.timedelta(minutes=10), 288


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


def delete_finished_tasks():
    """Tasks of every room leave a row each, which tells nothing that is not told better elsewhere."""
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - dt.timedelta(days=1)).delete()
