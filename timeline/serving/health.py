"""Tells a load balancer whether the process lives (`/healthz`) and whether it can do its work (`/readyz`).

Nothing here says a version, a path or a reason: reasons stand in the log.
"""

import datetime as dt
import logging
import secrets
import shutil
import tempfile
import time
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

MIN_FREE_BYTES = 64 * 1024 * 1024  # bytes
MAX_QUEUE_WAIT = dt.timedelta(minutes=15)
CHECK_INTERVAL = 2  # seconds


@never_cache
@require_safe
def liveness(request):
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readiness(request):
    """One line for each part; 503 if one of them is not ok."""
    found = run_health_checks(span=int(time.monotonic()) // CHECK_INTERVAL)
    lines = "".join(f"{name}: {'ok' if good else 'not ok'}\n" for name, good in found.items())
    return HttpResponse(lines, content_type="text/plain", status=200 if all(found.values()) else 503)


@lru_cache(maxsize=1)
def run_health_checks(*, span):
    """Each part and whether it is ok; looked at once in a `span`, however often anybody asks."""
    return {name: is_passing(check) for name, check in HEALTH_CHECKS.items()}


def is_passing(check):
    """Whether a check passes; whatever it raises means that it does not."""
    try:
        return bool(check())
    except Exception as error:
        logger.error("%s failed: %s", check.__name__, type(error).__name__)
        return False


def check_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def check_migrations():
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def check_disk():
    """Whether there is room, and a file can be written and read back."""
    with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
        file.write(b"ok")
        file.seek(0)
        return file.read() == b"ok" and shutil.disk_usage(settings.DATA_DIR).free > MIN_FREE_BYTES


def check_cache():
    word = secrets.token_hex(8)
    cache.set("ready", word, 10)
    return cache.get("ready") is not None


def check_queue():
    """Whether somebody takes up what is to be done, such as confirmation mails."""
    now = timezone.now()
    waiting = DBTaskResult.objects.ready().filter(enqueued_at__lt=now - MAX_QUEUE_WAIT)
    return not waiting.exclude(run_after__range=(now - MAX_QUEUE_WAIT, now)).exists()


HEALTH_CHECKS = {
    "database": check_database,
    "migrations": check_migrations,
    "disk": check_disk,
    "cache": check_cache,
    "queue": check_queue,
}
