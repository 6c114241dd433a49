"""What the disk does to a site on SQLite: full, it can still be read; seized, it holds nothing that was purged."""

import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

from tests.support.environment import build_environment

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]
PREPARE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
"""
BEGIN = """
import resource, sqlite3
from pathlib import Path
import django; django.setup()
from django.conf import settings
from django.core.signals import request_finished
from django.test import Client
from publishing.workflow import transitions
from tests.support.factories import make_update
update = make_update("Zeichen7f3a", slug="stop", public=True)

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

def fetch(address):
    answer = Client(raise_request_exception=False).get(address)
    request_finished.send(None)  # a server gives its connection back now, or keeps it
    return answer.status_code
"""
FULL = """
request_finished.send(None)
print(fetch("/en/belarus/"))
limit(0)
print(fetch("/en/belarus/"), fetch("/en/belarus/updates/stop/"), fetch("/en/search/?q=zeichen7f3a"))
answer = Client(raise_request_exception=False).post("/admin/login/", {"username": "ana", "password": "wrong"})
print(answer.status_code)
limit(resource.RLIM_INFINITY)
print(fetch("/en/belarus/"), make_update("Afterwards", public=True).status)
"""
SEIZED = """
thief = sqlite3.connect(settings.DATABASES["default"]["NAME"])
thief.execute("SELECT count(*) FROM publishing_entry").fetchone()
transitions.withdraw(update, reason="")
transitions.purge(update, by=None)
files = [path for path in Path(settings.DATA_DIR).rglob("*") if path.is_file()]
print(sorted(path.name for path in files if b"Zeichen7f3a" in path.read_bytes()))
"""

READ = """
from django.utils import timezone
from audit.models import FollowUp
from audit import follow_ups
reader = sqlite3.connect(settings.DATABASES["default"]["NAME"])
reader.execute("BEGIN")
reader.execute("SELECT count(*) FROM publishing_entry").fetchone()
transitions.withdraw(update, reason="")
transitions.purge(update, by=None)
print(FollowUp.objects.get().kind)
reader.rollback()
FollowUp.objects.update(due_at=timezone.now())
follow_ups.run_follow_ups.call()
print(FollowUp.objects.count())
files = [path for path in Path(settings.DATA_DIR).rglob("*") if path.is_file()]
print(sorted(path.name for path in files if b"Zeichen7f3a" in path.read_bytes()))
"""


def run_script(script, data_dir):
    """What a script says about the site in a folder, line by line."""
    there = {"PYTHONPATH": str(settings.BASE_DIR), "DATABASE_URL": "", "PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", script]
    said = subprocess.run(
        command, env=build_environment(data_dir) | there, cwd=settings.BASE_DIR, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr[-3000:]
    return said.stdout.splitlines()


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    run_script(PREPARE, folder)
    return folder


@pytest.fixture
def site(empty_site, tmp_path):
    """The folder of a site of the test's own."""
    return shutil.copytree(empty_site, tmp_path / "site")


def test_a_full_disk_is_read_from_and_recovers_by_itself(site):
    assert run_script(BEGIN + FULL, site) == ["200", "200 200 200", "503", "200 published"]


def test_what_was_purged_is_in_no_file_while_others_hold_the_database_open(site):
    assert run_script(BEGIN + SEIZED, site) == ["[]"]


def test_the_journal_of_the_database_is_emptied_later_where_somebody_was_reading_it(site):
    assert run_script(BEGIN + READ, site) == ["wal", "0", "[]"]
