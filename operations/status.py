"""What an operator has to know, part by part, each with what to do where it is not well.

Numbers and moments only: no address, no word of an item, no visitor. Not here: what a load balancer is told
(`timeline/serving/health.py`), who writes down what was done (`audit/last_runs.py`).
"""

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from audit import follow_ups, last_runs
from audit.head import get_last_sent_head
from newsletter.models import Delivery, Edition
from publishing.models import Entry
from publishing.screening.names import count_names_without_key
from staff.lockdown import is_locked
from timeline.mirror.build import is_outdated
from timeline.mirror.signature import read_manifest_facts
from timeline.serving import health

MAX_BACKUP_AGE = dt.timedelta(days=2)
MAX_HEAD_AGE = dt.timedelta(days=2)
NEXT_MOMENTS = 3
KEYS = ["SUBSCRIBER_KEYS", "NAMES_KEYS", "BACKUP_KEY"]
MIB = 1024 * 1024


@dataclass(frozen=True)
class StatusLine:
    """One part. `todo` is what to do, empty where no person is needed."""

    part: str
    text: str
    todo: str = ""

    @property
    def ok(self):
        return not self.todo


def collect_status():
    """A `StatusLine` for every part, in the order in which an operator looks at them."""
    return [line for ask in PARTS for line in [describe_safely(ask)] if line]


def describe_safely(ask):
    """One part that cannot be asked must not hide the others."""
    try:
        return ask()
    except Exception as error:
        name = ask.__name__.removeprefix("describe_").replace("_", " ")
        return StatusLine(name, f"cannot be asked ({type(error).__name__})", "Look into the log; run manage.py check.")


def format_age(moment):
    """How long ago, for people: “3 min ago”, “2 days ago”."""
    seconds = (timezone.now() - moment).total_seconds()
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit} ago"
    return f"{max(0, seconds):.0f} s ago"


def is_older(moment, age):
    return moment is None or timezone.now() - moment > age


# --- The machine ------------------------------------------------------------------------------


def describe_database():
    migrated, known = health.check_migrations(), health.check_code()
    words = f"{connection.vendor}, {'migrated' if migrated else 'not migrated'}"
    if not known:
        return StatusLine("database", f"{words}, newer than this code", "Start the version that the database is of.")
    return StatusLine("database", words, "" if migrated else "Run manage.py migrate.")


def describe_disk():
    free = shutil.disk_usage(settings.DATA_DIR).free
    good = health.is_passing(health.check_disk)
    return StatusLine("disk", f"{free // MIB} MiB free in {settings.DATA_DIR}", "" if good else "Make room there.")


def describe_storage():
    good = health.is_passing(health.check_storage)
    return StatusLine(
        "storage", "answers" if good else "does not answer", "" if good else "Look at MEDIA_URL_STORAGE and its server."
    )


def describe_cache():
    good = health.is_passing(health.check_cache)
    return StatusLine(
        "cache", "keeps" if good else "keeps nothing", "" if good else "Look at CACHE_URL and its server."
    )


# --- The worker -------------------------------------------------------------------------------


def describe_worker():
    last = last_runs.get_last_run(last_runs.WORKER)
    if last is None:
        return StatusLine("worker", "was never here", "Start it: make serve, or the unit ohrm-worker.")
    late = is_older(last.at, health.MAX_WORKER_SILENCE)
    return StatusLine("worker", f"was here {format_age(last.at)}", "Start it again; look into its log." if late else "")


def describe_queue():
    if settings.TASKS["default"]["BACKEND"] != "django_tasks_db.DatabaseBackend":
        return StatusLine("queue", "is the broker's")
    waiting = DBTaskResult.objects.ready().filter(enqueued_at__lte=timezone.now())
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).count()
    oldest = waiting.order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    words = f"{waiting.count()} waiting{f', the oldest since {format_age(oldest)}' if oldest else ''}, {failed} failed"
    return StatusLine("queue", words, "" if health.check_queue() else "Nobody takes it up: look at the worker.")


def describe_follow_ups():
    overdue = follow_ups.find_overdue()
    oldest = overdue.first()
    if oldest is None:
        return StatusLine("follow-ups", "done")
    words = f"{overdue.count()} not done, the oldest ({oldest.kind}) since {format_age(oldest.made_at)}"
    fault = f" after {oldest.tries} tries: {oldest.trouble}" if oldest.trouble else ""
    return StatusLine(
        "follow-ups", words + fault, "Deleted content may still lie there: look at the worker and its log."
    )


# --- Mail -------------------------------------------------------------------------------------


def describe_mail():
    runs = last_runs.get_last_runs()
    sent, refused = runs.get(last_runs.MAIL_SENT), runs.get(last_runs.MAIL_REFUSED)
    words = f"last sent {format_age(sent.at)}" if sent else "nothing sent yet"
    if refused and (sent is None or refused.at > sent.at):
        return StatusLine(
            "mail", f"{words}; since {format_age(refused.at)} not taken: {refused.note}", "Look at EMAIL_URL."
        )
    return StatusLine("mail", words)


def describe_editions():
    doubt, left = Delivery.objects.in_doubt().count(), Delivery.objects.count_unfinished()
    stuck = Edition.objects.filter(state=Edition.State.SENDING).exclude(trouble="").count()
    words = f"{left} mails to go, {doubt} in doubt, {stuck} editions with a problem"
    todo = "Decide in the newsletter's list of deliveries whether to send those in doubt again." if doubt else ""
    return StatusLine("editions", words, "Look at the edition's page." if stuck else todo)


# --- What is kept elsewhere -------------------------------------------------------------------


def describe_backup():
    last = last_runs.get_last_run(last_runs.BACKUP)
    words = f"made {format_age(last.at)}" if last else "never made"
    late = is_older(last and last.at, MAX_BACKUP_AGE)
    return StatusLine("backup", words, "Set BACKUP_TO, or run manage.py backup FILE." if late else "")


def describe_mirror():
    if not settings.MIRROR_DIR:
        return StatusLine("mirror", "none (MIRROR_DIR is not set)")
    begun = read_manifest_facts(Path(settings.MIRROR_DIR)).get("begun")
    words = f"of {format_age(dt.datetime.fromisoformat(begun))}" if begun else "not built yet"
    outdated = not begun or is_outdated(settings.MIRROR_DIR)
    return StatusLine("mirror", words, "Run manage.py mirror; look into the worker's log." if outdated else "")


def describe_audit_head():
    if not settings.AUDIT_WITNESSES:
        return StatusLine("audit head", "nobody outside gets it (AUDIT_WITNESSES is not set)")
    head = get_last_sent_head()
    words = f"sent {format_age(head.at)}" if head else "never sent"
    late = is_older(head and head.at, MAX_HEAD_AGE)
    return StatusLine("audit head", words, "Look at mail; run manage.py send_audit_head." if late else "")


# --- The site ---------------------------------------------------------------------------------


def describe_schedule():
    coming = Entry.objects.filter(visible_from__gt=timezone.now(), language=settings.LANGUAGE_CODE)
    moments = coming.order_by("visible_from").values_list("visible_from", flat=True)[:NEXT_MOMENTS]
    return StatusLine("next", ", ".join(f"{moment:%Y-%m-%d %H:%M} UTC" for moment in moments) or "nothing is scheduled")


def describe_keys():
    words = ", ".join(f"{name}: {len(getattr(settings, name))}" for name in KEYS)
    unread = count_names_without_key()
    if unread:
        return StatusLine("keys", f"{words}; {unread} listed names are of another key", "Put it into NAMES_KEYS.")
    return StatusLine("keys", words)


def describe_lockdown():
    if is_locked():
        return StatusLine("administration site", "locked", "Run manage.py unlock once it is safe.")
    return StatusLine("administration site", "open")


PARTS = [
    describe_database,
    describe_disk,
    describe_storage,
    describe_cache,
    describe_worker,
    describe_queue,
    describe_follow_ups,
    describe_mail,
    describe_editions,
    describe_backup,
    describe_mirror,
    describe_audit_head,
    describe_schedule,
    describe_keys,
    describe_lockdown,
]
