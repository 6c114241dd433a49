"""`manage.py status`: each part, and what to do where a person is needed."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit import last_runs
from audit.models import LastRun
from operations import status
from publishing.screening import names
from staff.lockdown import lock_down
from tests.support.environment import make_key

pytestmark = pytest.mark.django_db


def report(part):
    """The line of one part."""
    return {line.part: line for line in status.collect_status()}[part]


def note_earlier(name, *, hours, note=""):
    last_runs.note_run(name, note=note)
    LastRun.objects.filter(name=name).update(at=timezone.now() - dt.timedelta(hours=hours))


@pytest.fixture
def healthy(settings):
    """A site on which nobody is needed."""
    last_runs.note_run(last_runs.WORKER)
    last_runs.note_run(last_runs.BACKUP)


def test_a_site_that_is_well_needs_nobody(healthy):
    out = StringIO()
    call_command("status", stdout=out)
    assert "LOOK" not in out.getvalue()


def test_a_worker_that_fell_silent_needs_a_person(healthy):
    note_earlier(last_runs.WORKER, hours=1)
    with pytest.raises(CommandError, match="A person is needed"):
        call_command("status", stdout=StringIO())
    assert report("worker").todo == "Start it again; look into its log."


def test_a_worker_that_was_never_here_needs_a_person():
    assert report("worker").text == "was never here"
    assert report("worker").todo


@pytest.mark.parametrize(("hours", "ok"), [(1, True), (47, True), (49, False)])
def test_a_backup_may_be_two_days_old(hours, ok):
    note_earlier(last_runs.BACKUP, hours=hours)
    assert report("backup").ok is ok


def test_what_the_mail_server_last_said_stands_there_until_it_takes_mail_again():
    note_earlier(last_runs.MAIL_REFUSED, hours=1, note="mail 535")
    assert "mail 535" in report("mail").text
    assert report("mail").todo == "Look at EMAIL_URL."
    last_runs.note_run(last_runs.MAIL_SENT)
    assert report("mail").ok


def test_a_name_that_cannot_be_looked_for_needs_a_person(settings):
    names.add_listed_name("Siarhei Tsikhanchuk", by="anna")
    settings.NAMES_KEYS = [make_key(1)]
    assert "another key" in report("keys").text
    assert report("keys").todo


def test_a_locked_site_is_told():
    lock_down(by="operator")
    assert report("administration site").todo == "Run manage.py unlock once it is safe."


def test_a_part_that_cannot_be_asked_hides_no_other(settings):
    settings.MIRROR_DIR = "/proc/self/mem"
    lines = {line.part: line for line in status.collect_status()}
    assert not lines["mirror"].ok
    assert lines["database"].ok


def test_a_program_reads_the_same_as_json(healthy):
    out = StringIO()
    call_command("status", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["ok"] is True
    assert {part["part"] for part in told["parts"]} == {line.part for line in status.collect_status()}
