"""Hands tasks to Celery, for sites with several machines: TASKS=celery, BROKER_URL=redis://...

The worker, which also keeps the clock: `celery -A ohrm.celery worker -B`. Without it nothing here is imported, and
Celery need not be installed. A task of a worker that is killed is given to another one.
"""

from functools import partial
from pkgutil import resolve_name

from celery import Celery
from django.conf import settings
from django.db import transaction
from django_tasks import TaskResult, TaskResultStatus
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task
from django_tasks.utils import get_random_id

VISIBILITY_TIMEOUT = 3600  # seconds without a word, after which a task is given to another worker

app = Celery("ohrm", broker=settings.BROKER_URL)
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": VISIBILITY_TIMEOUT, "socket_connect_timeout": 3},
    timezone=settings.TIME_ZONE,
    beat_schedule={
        "round": {"task": "ohrm.run", "schedule": 60, "args": ["newsletter.delivery.tasks.run_every_minute", [], {}]},
        "follow-ups": {"task": "ohrm.run", "schedule": 60, "args": ["audit.follow_ups.run_follow_ups", [], {}]},
        "links": {
            "task": "ohrm.run",
            "schedule": 6 * 3600,
            "args": ["desk.reviewing.tasks.delete_expired_links", [], {}],
        },
    },
    beat_schedule_filename=str(settings.DATA_DIR / "clock"),
)


@app.task(name="ohrm.run")
def run_task(path, args, kwargs):
    """`path` names a function marked as a task; anything else is refused."""
    task = resolve_name(path)
    if not isinstance(task, Task):
        raise TypeError(f"{path} is not a task.")
    task.call(*args, **kwargs)


class CeleryBackend(BaseTaskBackend):
    """For the setting TASKS. What is queued in a transaction leaves with its commit, and not without it."""

    supports_defer = True
    supports_priority = True

    def enqueue(self, task, args, kwargs):
        self.validate_task(task)
        send = partial(
            run_task.apply_async, args=[task.module_path, list(args), kwargs], eta=task.run_after, retry=False
        )
        transaction.on_commit(send)
        return TaskResult(
            task=task,
            id=get_random_id(),
            status=TaskResultStatus.READY,
            enqueued_at=None,
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=list(args),
            kwargs=kwargs,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
