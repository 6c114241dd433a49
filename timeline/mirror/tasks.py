"""Keeps the mirror up to date in the background, where MIRROR_DIR names one, and tells of it who asks for copies.

A release asks for a renewal, and so does a moment at which something begins or ends by itself; many at once ask once.
"""

import datetime as dt
import logging

from django.conf import settings
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus, task
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult

from publishing.external_copies import ExternalCopy
from publishing.models import Entry
from publishing.signals import content_changed, external_copies_requested

from . import build

logger = logging.getLogger(__name__)

RETRY_DELAY = dt.timedelta(minutes=10)
RENEWAL_DELAY = dt.timedelta(seconds=10)  # for what else is released in the same breath


@receiver(content_changed)
def schedule_mirror_renewal(**kwargs):
    if settings.MIRROR_DIR:
        queue_mirror_renewal(at=timezone.now() + RENEWAL_DELAY)


@receiver(external_copies_requested)
def list_mirror_copies(item, **kwargs):
    if not settings.MIRROR_DIR:
        return []
    return [ExternalCopy("mirror", settings.MIRROR_DIR, _("rebuilt automatically within minutes; check that it was"))]


def queue_mirror_renewal(*, at):
    """Queues the renewal unless one is waiting that comes no later; one that finds nothing to do costs one query."""
    if isinstance(renew_mirror.get_backend(), DatabaseBackend):
        waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=renew_mirror.module_path)
        if waiting.filter(run_after__lte=at).exists():
            return
    renew_mirror.using(run_after=at).enqueue()


@task(priority=-90)
def renew_mirror():
    """Builds the mirror if the public side is no longer what it shows, and queues the next turn the clock asks for.

    A build that failed is tried again soon, whatever was the matter: until then the mirror shows what may be gone.
    """
    if not settings.MIRROR_DIR:
        return
    moments = [get_next_visibility_change()]
    try:
        if build.is_outdated(settings.MIRROR_DIR):
            logger.info("The mirror has %s pages.", build.build_mirror(settings.MIRROR_DIR).pages)
    except Exception:  # the disk is full, a file cannot be read: the next turn may find it mended
        logger.exception("The mirror was not renewed; it is tried again.")
        moments.append(timezone.now() + RETRY_DELAY)
    if moment := min(filter(None, moments), default=None):
        queue_mirror_renewal(at=moment)


def get_next_visibility_change():
    """When something begins or ends by itself next, or None."""
    now = timezone.now()
    names = ("visible_from", "visible_until")
    firsts = [
        Entry.objects.filter(**{f"{name}__gt": now}).order_by(name).values_list(name, flat=True).first()
        for name in names
    ]
    return min(filter(None, firsts), default=None)
