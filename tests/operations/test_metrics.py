"""/metrics: for whoever holds the token, and with nothing about a visitor."""

import re

import pytest

from audit import last_runs
from tests.support.factories import make_update

pytestmark = pytest.mark.django_db

TOKEN = "a-token-for-tests-0123456789"
# Every name there is. A person looks at a new one: could it tell when somebody read, signed up or was written to?
NAMES = {"ohrm_part_ok", "ohrm_last_run_timestamp_seconds", "ohrm_tasks_failed", "ohrm_disk_free_bytes"}
RUNS = {"worker", "backup", "mirror"}


@pytest.fixture(autouse=True)
def _token(settings):
    settings.METRICS_TOKEN = TOKEN


def ask(client, authorization=f"Bearer {TOKEN}"):
    return client.get("/metrics", headers={"authorization": authorization})


@pytest.mark.parametrize(
    "authorization", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"]
)
def test_without_the_token_there_is_no_such_page(client, authorization):
    assert ask(client, authorization).status_code == 404


def test_where_no_token_is_set_an_empty_one_opens_nothing(client, settings):
    settings.METRICS_TOKEN = ""
    assert ask(client, "Bearer ").status_code == 404
    assert ask(client, "Bearer").status_code == 404


def test_with_the_token_each_part_says_whether_it_works(client):
    answer = ask(client)
    words = answer.content.decode()
    assert answer["Content-Type"].startswith("application/openmetrics-text")
    assert 'ohrm_part_ok{part="database"} 1\n' in words
    assert words.endswith("\n# EOF\n")


def test_no_name_tells_of_a_visitor_a_subscriber_or_mail(client):
    for name in (last_runs.WORKER, last_runs.MAIL_SENT, last_runs.MAIL_REFUSED, last_runs.BACKUP):
        last_runs.note_run(name)
    lines = [line for line in ask(client).content.decode().splitlines() if not line.startswith("#")]
    assert {re.match(r"\w+", line)[0] for line in lines} == NAMES
    assert {found[1] for line in lines if (found := re.search(r'name="([^"]+)"', line))} <= RUNS


def test_reading_a_page_changes_no_number_but_that_of_the_disk(client):
    make_update(public=True)
    before = [line for line in ask(client).content.decode().splitlines() if "disk" not in line]
    client.get("/en/")
    assert [line for line in ask(client).content.decode().splitlines() if "disk" not in line] == before
