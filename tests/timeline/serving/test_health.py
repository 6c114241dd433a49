"""/healthz says that the process lives, /readyz whether it can work; neither says anything else."""

import datetime as dt

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from audit import last_runs
from audit.models import LastRun
from publishing.screening import names
from tests.support.environment import make_key
from timeline.serving import health


@pytest.fixture(autouse=True)
def _look_anew():
    health.run_health_checks.cache_clear()
    yield
    health.run_health_checks.cache_clear()


def test_healthz_answers_without_the_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_is_ok_when_all_parts_are(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert "not ok" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_sets_no_cookie_and_is_not_stored(client, address):
    answer = client.get(address)
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_readyz_says_when_the_disk_cannot_be_written(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "disk: not ok\n" in answer.content.decode()


@pytest.mark.django_db
def test_readyz_says_when_the_cache_keeps_nothing(client, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert not caches["default"].get("anything")
    answer = client.get("/readyz")
    assert "cache: not ok\n" in answer.content.decode()


@pytest.mark.django_db
def test_readyz_says_when_nobody_takes_up_the_work(client):
    task = DBTaskResult.objects.create(args_kwargs={}, task_path="x", backend_name="default", run_after=far_away())
    DBTaskResult.objects.filter(pk=task.pk).update(enqueued_at=timezone.now() - dt.timedelta(hours=1))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "queue: not ok\n" in answer.content.decode()


def far_away():
    """What the queue writes for a task that may run at once."""
    return dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_a_load_balancer_may_ask_by_any_host_name(client, address):
    assert client.get(address, headers={"host": "10.1.2.3"}).status_code == 200


@pytest.mark.django_db
def test_readyz_says_when_the_worker_fell_silent(client):
    last_runs.note_run(last_runs.WORKER)
    LastRun.objects.update(at=timezone.now() - dt.timedelta(hours=1))
    assert "worker: not ok\n" in client.get("/readyz").content.decode()


@pytest.mark.django_db
def test_readyz_says_when_the_mail_server_took_nothing(client):
    last_runs.note_run(last_runs.MAIL_SENT)
    last_runs.note_run(last_runs.MAIL_REFUSED, note="mail 535")
    answer = client.get("/readyz").content.decode()
    assert "mail: not ok\n" in answer
    assert "535" not in answer


@pytest.mark.django_db
def test_readyz_says_when_the_database_is_newer_than_the_code(client):
    MigrationRecorder(connection).record_applied("updates", "9999_of_tomorrow")
    assert "code: not ok\n" in client.get("/readyz").content.decode()


@pytest.mark.django_db
def test_readyz_says_when_a_listed_name_cannot_be_looked_for(client, settings):
    names.add_listed_name("Siarhei Tsikhanchuk", by="anna")
    settings.NAMES_KEYS = [make_key(1)]
    assert "names: not ok\n" in client.get("/readyz").content.decode()


@pytest.mark.django_db
def test_readyz_names_no_reason_path_or_version(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    lines = client.get("/readyz").content.decode().splitlines()
    assert {line.partition(": ")[2] for line in lines} == {"ok", "not ok"}
