"""Forgets links of reviewers in the background, in the month after their end: nobody has to remember to.

The worker of the database queue is given the day on which the oldest is due; a broker has a clock (`ohrm/celery.py`).
"""

import datetime as dt

from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult

from desk.models import ReviewLink

# After its end, with the answers: a day less than `privacy_audit` grants, for a worker that was away.
LINK_RETENTION = dt.timedelta(days=29)


@task(priority=-90)
def delete_expired_links():
    """Who was asked to read what is nobody's business once the answers have been dealt with."""
    ReviewLink.objects.filter(ends_at__lte=timezone.now() - LINK_RETENTION).delete()
    schedule_link_deletion()


def schedule_link_deletion():
    """Queues the day on which the oldest link is due, unless one waits; to be called whenever there is a new link."""
    oldest = ReviewLink.objects.order_by("ends_at").values_list("ends_at", flat=True).first()
    if oldest is None or not isinstance(delete_expired_links.get_backend(), DatabaseBackend):
        return
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=delete_expired_links.module_path)
    if not waiting.exists():
        delete_expired_links.using(run_after=oldest + LINK_RETENTION).enqueue()
