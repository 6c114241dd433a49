"""The same work on Celery and Redis, by settings alone, with a real broker and a real worker."""

import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from newsletter.subscribers import signup
from tests.support import servers
from tests.support.environment import build_environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ENQUEUE = (
    "import django; django.setup(); "
    "from newsletter.subscribers.tasks import send_confirmations; send_confirmations.enqueue()"
)


@pytest.fixture
def surroundings(tmp_path, redis):
    """The environment of processes that share the test's data."""
    if connection.vendor == "sqlite":
        url = f"sqlite:///{tmp_path / 'copy.sqlite3'}"
    else:
        parts = connection.settings_dict
        url = f"postgres://{parts['USER']}@{quote(parts['HOST'], safe='')}/{parts['NAME']}"
    return build_environment(tmp_path, TASKS="celery", BROKER_URL=redis, DATABASE_URL=url)


@contextmanager
def worker(surroundings, log):
    command = [sys.executable, "-m", "celery", "-A", "ohrm.celery", "worker", "--pool", "solo", "-l", "info"]
    with log.open("w") as out:
        options = {"env": surroundings, "cwd": settings.BASE_DIR, "stdout": out, "stderr": out}
        with servers.running_server(command, what="Celery", ready=lambda: "ready." in log.read_text(), **options):
            yield


def test_a_sign_up_is_answered_by_a_worker_behind_a_broker(surroundings, tmp_path):
    signup.request_sign_up("ana@example.org", language="en", frequency="weekly")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(tmp_path / "copy.sqlite3")])
    with worker(surroundings, tmp_path / "log"):
        subprocess.run([sys.executable, "-c", ENQUEUE], env=surroundings, cwd=settings.BASE_DIR, check=True)
        servers.wait_until(lambda: list((tmp_path / "mail").glob("*.eml")), what="the mail", seconds=10)
