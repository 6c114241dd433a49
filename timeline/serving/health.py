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
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

from audit.last_runs import MAIL_REFUSED, MAIL_SENT, WORKER, get_last_run
from publishing.screening.names import count_names_without_key

logger = logging.getLogger(__name__)

MIN_FREE_BYTES = 64 * 1024 * 1024  # bytes
MAX_QUEUE_WAIT = dt.timedelta(minutes=15)
MAX_WORKER_SILENCE = dt.timedelta(minutes=15)  # it speaks once a minute, and may have a backup or mirror to write
CHECK_INTERVAL = 2  # seconds


class HealthMiddleware:
    """Answers whatever host name a load balancer asks by: nothing is said that anybody may not know."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        view = {"/healthz": liveness, "/readyz": readiness}.get(request.path_info)
        return view(request) if view else self.get_response(request)


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


def check_code():
    """Whether the database is no newer than the code: another machine may have been upgraded first."""
    loader = MigrationExecutor(connection).loader
    ours = {app for app, _name in loader.disk_migrations}
    return not [one for one in loader.applied_migrations if one[0] in ours and one not in loader.disk_migrations]


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


def check_worker():
    """Whether the background worker, of whichever kind, was here of late. One that never was is not missed."""
    last = get_last_run(WORKER)
    return last is None or timezone.now() - last.at < MAX_WORKER_SILENCE


def check_mail():
    """Whether the mail server took the last mail that it was offered."""
    taken, refused = get_last_run(MAIL_SENT), get_last_run(MAIL_REFUSED)
    return refused is None or (taken is not None and taken.at > refused.at)


def check_names():
    """Whether every name never to be published can be looked for; where one cannot, nothing is published."""
    return not count_names_without_key()


def check_storage():
    """Whether pictures and documents can be asked for; that one is not there is an answer."""
    default_storage.exists("readyz")
    return True


def check_static_files():
    """Whether the style of the pages was collected: without it every page fails."""
    return bool(staticfiles_storage.url("timeline/site.css"))


HEALTH_CHECKS = {
    "database": check_database,
    "migrations": check_migrations,
    "code": check_code,
    "disk": check_disk,
    "cache": check_cache,
    "queue": check_queue,
    "worker": check_worker,
    "mail": check_mail,
    "names": check_names,
    "storage": check_storage,
    "static files": check_static_files,
}
