"""`/metrics` in the format of OpenMetrics, for whoever holds METRICS_TOKEN: how the site is, never who uses it.

No number here tells of readers, subscribers or mail: each would tell an observer when somebody came.
"""

import secrets
import shutil

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from audit.last_runs import BACKUP, MIRROR, WORKER, get_last_runs
from timeline.serving.health import HEALTH_CHECKS, is_passing

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
# What of `last_runs` is told: the duties of the machine, none that begins with a person.
TOLD_RUNS = [WORKER, BACKUP, MIRROR]


@never_cache
@require_safe
def metrics(request):
    """404 for everybody else: that it is there says nothing that a stranger has to know."""
    if not is_allowed(request):
        raise Http404
    return HttpResponse("\n".join([*build_lines(), "# EOF", ""]), content_type=CONTENT_TYPE)


def is_allowed(request):
    """Whether the request bears the token (RFC 6750), compared in constant time."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    known = settings.METRICS_TOKEN
    return bool(known) and kind.lower() == "bearer" and secrets.compare_digest(token.strip().encode(), known.encode())


def build_lines():
    parts = [(f'{{part="{name}"}}', int(is_passing(check))) for name, check in HEALTH_CHECKS.items()]
    yield from build_gauge("ohrm_part_ok", "Whether a part can do its work.", parts)
    runs = get_last_runs()
    told = [(f'{{name="{name}"}}', int(runs[name].at.timestamp())) for name in TOLD_RUNS if name in runs]
    yield from build_gauge("ohrm_last_run_timestamp_seconds", "When a duty of the machine was last done.", told)
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).count()
    yield from build_gauge("ohrm_tasks_failed", "Tasks that ended with an error.", [("", failed)])
    free = shutil.disk_usage(settings.DATA_DIR).free
    yield from build_gauge("ohrm_disk_free_bytes", "Room left where the data lie.", [("", free)])


def build_gauge(name, text, samples):
    yield f"# TYPE {name} gauge"
    yield f"# HELP {name} {text}"
    yield from (f"{name}{labels} {value}" for labels, value in samples)
