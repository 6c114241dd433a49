"""Past editions, as anybody can read them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsletter.composition import digests
from newsletter.delivery.sending import send_due
from newsletter.models import Edition
from tests.support.newsletter_fixtures import make_release, make_situation_release, make_subscriber, withdraw_release

pytestmark = pytest.mark.django_db

ARCHIVE = "/en/newsletter/archive/"


@pytest.fixture(autouse=True)
def quiet(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"
    settings.DATA_DIR, settings.MAIL_CONNECTIONS = tmp_path, 1


def send(*, query="", **options):
    make_subscriber(query=query)
    made = make_release("The statement", **options)
    digests.compose_due_digests()
    send_due()
    return made


def test_an_edition_can_be_read_later(client):
    send()
    page = client.get(ARCHIVE).content.decode()
    assert "The statement" in page
    one = client.get(f"{ARCHIVE}{Edition.objects.get().pk}/")
    assert one.status_code == 200
    assert "The statement" in one.content.decode()
    assert not one.cookies


def test_the_archive_obeys_withdrawal(client):
    made = send()
    withdraw_release(made)
    assert "The statement" not in client.get(ARCHIVE).content.decode()
    assert client.get(f"{ARCHIVE}{Edition.objects.get().pk}/").status_code == 410


def test_the_wish_of_a_few_is_not_in_the_archive(client):
    make_situation_release()
    send(query="kind=statement&situation=belarus")
    assert "The statement" not in client.get(ARCHIVE).content.decode()
    assert client.get(f"{ARCHIVE}{Edition.objects.get().pk}/").status_code == 404


def test_a_draft_is_not_in_the_archive(client):
    draft = Edition.objects.create(numbers=[1], words={"en": {"subject": "Secret"}})
    assert client.get(f"{ARCHIVE}{draft.pk}/").status_code == 404
    assert "Secret" not in client.get(ARCHIVE).content.decode()


def test_the_archive_has_a_feed_and_stands_in_the_sitemap(client):
    send()
    assert "The statement" in client.get(f"{ARCHIVE}feed.atom").content.decode()
    assert f"/en/newsletter/archive/{Edition.objects.get().pk}/" in client.get("/sitemap.xml").getvalue().decode()


@pytest.mark.parametrize("junk", ["?before=x", "?before=9999999999999999999999", "99999999999999999999/", "0/", "x/"])
def test_junk_finds_nothing(client, junk):
    assert client.get(ARCHIVE + junk).status_code == 404


def test_an_edition_of_which_nothing_is_left_is_gone_and_nobody_may_keep_or_list_that(client):
    taken = make_release("Taken back")
    number = Edition.objects.create(state="sent", numbers=[taken.pk]).pk
    withdraw_release(taken)
    answer = client.get(f"/en/newsletter/archive/{number}/")
    assert (answer.status_code, answer["Cache-Control"], answer["X-Robots-Tag"]) == (410, "no-store", "noindex")


def test_one_sitemap_reads_the_entries_of_editions_once_and_a_withdrawal_at_once(client):
    taken = make_release("Taken back")
    number = Edition.objects.create(state="sent", numbers=[taken.pk]).pk
    with CaptureQueriesContext(connection) as queries:
        body = b"".join(client.get("/sitemap.xml").streaming_content).decode()
    assert f"/archive/{number}/" in body
    assert sum("newsletter_edition" in query["sql"] and "numbers" in query["sql"] for query in queries) == 1
    withdraw_release(taken)
    assert f"/archive/{number}/" not in b"".join(client.get("/sitemap.xml").streaming_content).decode()
