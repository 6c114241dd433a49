"""When recurring duties were last done, for `status`, `readyz` and the clock of the background worker.

Each room notes its own. Not here: how old is too old (`operations/status.py`, `timeline/serving/health.py`).
"""

from django.utils import timezone

from .models import LastRun

WORKER, BACKUP, MIRROR, AUDIT_HEAD = "worker", "backup", "mirror", "audit head"
MAIL_SENT, MAIL_REFUSED = "mail sent", "mail refused"


def note_run(name, *, note=""):
    """That `name` was done just now; `note` is a sentence for an operator, without addresses and words of an item."""
    LastRun.objects.update_or_create(name=name, defaults={"at": timezone.now(), "note": note[:300]})


def get_last_run(name):
    """The `LastRun` of that name, or None."""
    return LastRun.objects.filter(name=name).first()


def get_last_runs():
    """{name: `LastRun`} of all."""
    return {run.name: run for run in LastRun.objects.all()}
