"""What has to follow a commit, worked off until it is done: it survives a kill, and one fault holds up nothing else.

A row is written in the transaction of the deed. It is worked off right after the commit, and by the background worker
again and again if that failed or never happened. Each may be done twice, so that a kill in between does no harm.
Not here: what is done; each room names its own kinds.
"""

import contextlib
import datetime as dt
import logging
from functools import partial

from django.core import checks
from django.db import connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks.exceptions import InvalidTaskBackendError
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult

from .models import FollowUp

RETRY_AFTER = dt.timedelta(minutes=1)  # and twice as long after each fault
MAX_RETRY_AFTER = dt.timedelta(hours=1)
OVERDUE_AFTER = dt.timedelta(minutes=15)  # a person should look at it then
BATCH_SIZE = 500

logger = logging.getLogger(__name__)
handlers = {}


def follows(kind):
    """Marks the function that does what rows of this kind ask for; called with the argument of each row."""

    def register(handler):
        handlers[kind] = handler
        return handler

    return register


def add_follow_ups(kind, arguments):
    """To be called in the transaction of a deed; `arguments` are JSON, one for each row."""
    rows = FollowUp.objects.bulk_create([FollowUp(kind=kind, argument=one) for one in arguments])
    if not rows:
        return
    ensure_worker_run(at=timezone.now() + RETRY_AFTER)
    transaction.on_commit(partial(work_off_rows, rows), robust=True)


def work_off_rows(rows):
    for row in rows:
        work_off_row(row)


def work_off_row(row):
    """Does it and forgets it, or notes when it is to be tried again."""
    try:
        handlers[row.kind](row.argument)
    except Exception as error:
        if connection.needs_rollback:
            raise
        logger.error("%s was not done yet: %s", row, type(error).__name__)
        wait = min(RETRY_AFTER * 2 ** min(row.tries, 10), MAX_RETRY_AFTER)
        FollowUp.objects.filter(pk=row.pk).update(
            tries=min(row.tries + 1, 1000), due_at=timezone.now() + wait, trouble=describe_fault(error)
        )
    else:
        FollowUp.objects.filter(pk=row.pk).delete()


def describe_fault(error):
    """What kind of fault it was, without the words of the error, which may tell of content."""
    return f"{type(error).__name__} {getattr(error, 'strerror', None) or ''}".strip()[:80]


def find_overdue():
    """What should have been done long since: files of purged items that lie there still, for example."""
    return FollowUp.objects.filter(made_at__lt=timezone.now() - OVERDUE_AFTER).order_by("made_at")


@checks.register(checks.Tags.database)
def check_follow_ups(databases=None, **kwargs):
    """For `manage.py check --database default`."""
    if not databases or "audit_followup" not in connection.introspection.table_names():
        return []
    if not (count := find_overdue().count()):
        return []
    hint = "Is a worker running? manage.py privacy_audit names them and the last fault of each."
    return [checks.Warning(f"{count} things that follow from deeds are not done yet.", hint=hint, id="audit.W001")]


# --- In the background ------------------------------------------------------------------------


@task(priority=-60)
def run_follow_ups():
    """Works off what is due; comes again as long as anything is left. A broker has a clock of its own."""
    due = FollowUp.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
    work_off_rows(list(due[:BATCH_SIZE]))
    if moment := FollowUp.objects.order_by("due_at").values_list("due_at", flat=True).first():
        ensure_worker_run(at=moment)


def ensure_worker_run(*, at):
    """Queues a run of the worker unless one is waiting that comes no later."""
    with contextlib.suppress(InvalidTaskBackendError):  # a queue that is down holds up no deed
        if isinstance(run_follow_ups.get_backend(), DatabaseBackend):
            queue_run(at)


def queue_run(at):
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=run_follow_ups.module_path)
    if not waiting.filter(run_after__lte=at).exists():
        run_follow_ups.using(run_after=at).enqueue()
