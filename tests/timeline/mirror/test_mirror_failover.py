"""The public goes on reading while the database is gone: from the last mirror, and never what was taken back."""

import datetime as dt
import shutil
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from django.test import override_settings
from django.utils import timezone

from publishing.workflow import transitions
from tests.support.environment import make_key
from tests.support.factories import make_alert, make_story, make_tag, make_update
from timeline.mirror import build

pytestmark = pytest.mark.django_db
UPDATE = "/en/belarus/updates/stop/"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Where the site of each test keeps its mirror."""
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MIRROR_KEY, settings.MIRROR_DIR = make_key(64), str(tmp_path / "copy")
    return tmp_path / "copy"


def make_stop():
    return make_update("Stop reprisals", slug="stop", tags=[make_tag("Detention")], public=True)


@pytest.fixture
def update():
    return make_stop()


@pytest.fixture(scope="module")
def mirror_of_update(scratch_database, tmp_path_factory):
    """A mirror of `update`, made once."""
    place = tmp_path_factory.mktemp("mirror")
    with scratch_database(), override_settings(MEDIA_ROOT=place / "media", MIRROR_KEY=make_key(64)):
        make_stop()
        build.build_mirror(place / "copy")
    return place / "copy"


@pytest.fixture
def mirrored(mirror_of_update, update, folder):
    """The mirror of a site that has `update`."""
    return shutil.copytree(mirror_of_update, folder)


def refuse(*_statement):
    raise OperationalError("could not connect to server")


@contextmanager
def database_gone():
    with connection.execute_wrapper(refuse):
        yield


PAGES = [UPDATE, "/en/", "/ar/belarus/", "/en/belarus/?tag=detention", "/en/belarus/?fbclid=junk", "/en/about/"]


def test_every_page_can_be_read_without_the_database(client, mirrored):
    with database_gone():
        answers = [client.get(address) for address in [*PAGES, *PAGES]]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer["Cache-Control"] for answer in answers} == {"no-store"}
    assert all("default-src 'none'" in answer["Content-Security-Policy"] for answer in answers)
    assert all(b"Something went wrong" not in answer.content for answer in answers)


def test_feeds_files_and_links_inside_the_mirror_go_on_too(client, mirrored):
    names = ["feed.atom", "export.csv", "tag-detention.html"]
    with database_gone():
        client.get("/en/")
        answers = [client.get(f"/en/belarus/{name}") for name in names]
    assert answers[0]["Content-Type"] == "application/atom+xml"
    assert all(b"Stop reprisals" in answer.content for answer in answers)


def test_a_form_is_told_to_come_back_later(client, mirrored):
    with database_gone():
        answer = client.post("/en/newsletter/", {"email": "ana@example.org", "situation": "belarus"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Try again in a few minutes" in answer.content.decode()


def test_the_desk_is_never_answered_from_the_mirror(client, mirrored):
    client.raise_request_exception = False
    with database_gone():
        client.get("/en/")
        assert client.get("/admin/login/").status_code == 500


def test_without_a_mirror_the_page_says_to_come_back_later(client, update):
    with database_gone():
        answer = client.get(UPDATE)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "60", "no-store")


@pytest.mark.django_db(transaction=True)
def test_a_mirror_older_than_a_withdrawal_is_not_shown(client, update, folder):
    build.build_mirror(folder)
    transitions.withdraw(update, reason="")
    with database_gone():
        assert client.get(UPDATE).status_code == 503
    build.build_mirror(folder)
    with database_gone():
        assert client.get("/en/").status_code == 200


def test_a_mirror_in_which_a_consent_ran_out_is_not_shown(client, folder, time_machine):
    review = timezone.now().date() + dt.timedelta(days=2)
    make_story(slug="told", consent={"review": review, "hide_when_due": True}, public=True)
    build.build_mirror(folder)
    time_machine.move_to(timezone.now() + dt.timedelta(days=3))
    with database_gone():
        assert client.get("/en/belarus/stories/told/").status_code == 503


def test_an_alert_that_ended_does_not_close_the_site(client, update, folder, time_machine):
    make_alert(hours=1)
    build.build_mirror(folder)
    time_machine.move_to(timezone.now() + dt.timedelta(hours=2))
    with database_gone():
        assert client.get(UPDATE).status_code == 200


def test_what_may_not_be_copied_is_not_read_there(client, update, folder):
    make_story("Geheim", slug="told", consent={"mirror": False}, public=True)
    build.build_mirror(folder)
    with database_gone():
        assert client.get("/be/belarus/stories/told/").status_code == 503
        assert b"Geheim" not in client.get("/be/belarus/").content


BESIDE = ["/..%2fdebug-secret_key", "/%2e%2e/erasures", "/en/%00/", f"/{'a' * 5000}", "/x\\..\\y", "/.copy.lock"]


def test_nothing_beside_the_mirror_can_be_reached(client, mirrored):
    client.raise_request_exception = False
    with database_gone():
        client.get("/en/")
        assert {client.get(address).status_code for address in BESIDE} <= {404, 500, 503}


def test_a_mirror_in_the_making_is_never_made_of_the_one_before(mirrored):
    made = (mirrored / "manifest.json").read_bytes()
    with database_gone(), pytest.raises(OperationalError):
        build.build_mirror(mirrored)
    assert (mirrored / "manifest.json").read_bytes() == made


def test_the_database_is_asked_again_after_a_while(client, mirrored, monkeypatch):
    with database_gone():
        client.get(UPDATE)
    shutil.rmtree(mirrored)
    monkeypatch.setattr("timeline.mirror.failover.RETRY_SECONDS", 0)
    assert client.get(UPDATE).status_code == 200
