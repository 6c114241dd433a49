"""What goes into an edition, and into whose."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from newsletter.composition import digests
from newsletter.delivery.sending import send_due
from newsletter.models import Delivery, DigestRun, Edition
from newsletter.queue import delete_finished_tasks, requeue_lost_tasks
from newsletter.subscribers.tasks import send_confirmations
from publishing.models import Entry
from tests.support.factories import make_story
from tests.support.newsletter_fixtures import (
    make_release,
    make_situation_release,
    make_subscriber,
    read_sent_mails,
    withdraw_release,
)
from timeline.mirror.tasks import renew_mirror

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 11, 23, 7, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def monday(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"
    settings.DATA_DIR, settings.MAIL_CONNECTIONS = tmp_path, 1
    with time_machine.travel(MONDAY, tick=True) as clock:
        yield clock


def compose_and_send():
    digests.compose_due_digests()
    return send_due()


def bodies(part="plain"):
    return [message.get_body((part,)).get_content() for message in read_sent_mails()]


def test_a_digest_carries_what_became_public():
    make_subscriber()
    make_release("First")
    make_release("Second")
    compose_and_send()
    (text,) = bodies()
    assert "First" in text
    assert "Second" in text


def test_the_next_digest_carries_only_what_is_new(monday):
    make_subscriber(frequency="daily")
    make_release("Old")
    compose_and_send()
    monday.shift(dt.timedelta(days=1))
    make_release("New")
    compose_and_send()
    assert "Old" not in bodies()[1]
    assert "New" in bodies()[1]


@pytest.mark.parametrize("frequency", ["instant", "daily", "weekly"])
def test_a_clock_that_ran_a_year_ahead_and_was_put_right_stops_no_digest(monday, frequency):
    make_subscriber(frequency=frequency)
    monday.shift(dt.timedelta(days=366))
    make_release("Of another year", tell_now=True)
    compose_and_send()
    monday.move_to(MONDAY)
    make_release("Of today", tell_now=True)
    for _ in range(2):
        compose_and_send()
        monday.shift(dt.timedelta(days=7))
    assert sorted(("Of another year" in text, "Of today" in text) for text in bodies()) == [
        (False, True),
        (True, False),
    ]


def test_nothing_new_is_no_mail(monday):
    make_subscriber(frequency="daily")
    make_release()
    compose_and_send()
    monday.shift(dt.timedelta(days=1))
    assert compose_and_send().sent == 0


def test_composing_twice_makes_nothing_twice():
    make_subscriber()
    make_release()
    assert [digests.compose_due_digests(), digests.compose_due_digests()] == [1, 0]
    assert Delivery.objects.count() == 1


def test_a_weekly_digest_waits_for_monday(monday):
    make_subscriber()
    make_release("Old")
    compose_and_send()
    monday.shift(dt.timedelta(days=3))
    make_release("New")
    assert compose_and_send().sent == 0
    monday.shift(dt.timedelta(days=4))
    assert compose_and_send().sent == 1


def test_an_entry_released_while_a_digest_was_composed_is_in_the_next(monday):
    make_subscriber(frequency="daily")
    make_release("Early")
    compose_and_send()
    late = make_release("Late")
    Entry.objects.filter(release=late).update(first_public=MONDAY - dt.timedelta(minutes=1))
    monday.shift(dt.timedelta(days=1))
    compose_and_send()
    assert "Late" in bodies()[1]


def test_urgent_news_goes_at_once_and_the_rest_on_monday(monday):
    make_subscriber(frequency="instant")
    monday.shift(dt.timedelta(days=1))
    make_release("Urgent", tell_now=True)
    make_release("Calm")
    compose_and_send()
    assert ["Urgent" in bodies()[0], "Calm" in bodies()[0]] == [True, False]
    monday.shift(dt.timedelta(days=7))
    compose_and_send()
    assert ["Urgent" in bodies()[1], "Calm" in bodies()[1]] == [False, True]


def test_who_asked_for_urgent_news_gets_testimonies_on_monday():
    make_subscriber(frequency="instant")
    make_story(public=True, title_en="What a survivor told")
    compose_and_send()
    assert "What a survivor told" in bodies()[0]


def test_readers_get_what_they_asked_for():
    make_situation_release("belarus")
    make_situation_release("routes", "Migration routes")
    make_subscriber("all@example.org")
    make_subscriber("routes@example.org", query="situation=routes")
    make_subscriber("reports@example.org", query="kind=report&situation=belarus")
    make_release("On Belarus")
    make_release("On the routes", situation="routes")
    make_release("A report", kind="report")
    compose_and_send()
    got = {message["To"]: message.get_body(("plain",)).get_content() for message in read_sent_mails()}
    carried = {to: {t for t in ["On Belarus", "On the routes", "A report"] if t in text} for to, text in got.items()}
    assert carried["all@example.org"] == {"On Belarus", "On the routes", "A report"}
    assert carried["routes@example.org"] == {"On the routes"}
    assert carried["reports@example.org"] == {"A report"}


def test_who_pauses_gets_nothing():
    make_subscriber(frequency="paused")
    make_release(tell_now=True)
    assert compose_and_send().sent == 0


def test_an_item_that_is_not_in_the_readers_language_is_there_and_says_so():
    make_subscriber(language="fr")
    make_release("In English words")
    compose_and_send()
    (page,) = bodies("html")
    assert "In English words" in page
    assert 'lang="en"' in page


def test_an_item_that_may_not_be_mailed_is_not():
    make_subscriber()
    make_release("Site only", channels=["site", "feed"])
    assert compose_and_send().sent == 0


def test_a_withdrawn_item_leaves_mail_that_waits():
    make_subscriber()
    make_release("Stays")
    taken_back = make_release("Taken back")
    digests.compose_due_digests()
    withdraw_release(taken_back)
    send_due()
    (text,) = bodies()
    assert "Stays" in text
    assert "Taken back" not in text


def test_an_edition_of_which_nothing_is_public_any_more_is_not_sent():
    make_subscriber()
    only = make_release()
    digests.compose_due_digests()
    withdraw_release(only)
    assert send_due().sent == 0
    assert not Delivery.objects.exists()


def test_a_killed_composition_goes_on_without_forgetting_or_doubling():
    readers = [make_subscriber(f"reader{number}@example.org") for number in range(5)]
    make_release()
    digests.compose_due_digests()
    Edition.objects.update(state=Edition.State.COMPOSING)
    Delivery.objects.filter(subscriber=max(readers, key=lambda row: row.pk)).delete()
    digests.compose_due_digests()
    assert Delivery.objects.count() == 5


def test_without_readers_nothing_is_composed_and_nothing_is_missed():
    make_release("Before anybody came")
    digests.compose_due_digests()
    assert not DigestRun.objects.exists()
    make_subscriber()
    compose_and_send()
    assert len(read_sent_mails()) == 1


def test_a_mail_says_no_more_of_a_testimony_with_a_content_note_than_the_note():
    make_subscriber()
    item = make_release("A testimony", summary="Graphic detail")
    for entry in Entry.objects.filter(release=item):
        entry.facts["content_note"] = {"text": "threat of violence", "language": "en"}
        entry.save()
    compose_and_send()
    (text,) = bodies()
    assert "threat of violence" in text
    assert "Graphic detail" not in text


# --- By itself --------------------------------------------------------------------------------


def test_after_a_sign_up_the_worker_composes_and_sends_every_minute(client, monday, work_off):
    client.post("/en/newsletter/", {"email": "ana@example.org"})
    make_subscriber("boris@example.org")
    work_off()
    make_release()
    for _ in range(3):
        monday.shift(dt.timedelta(minutes=2))
        work_off()
    assert [message["To"] for message in read_sent_mails()] == ["ana@example.org", "boris@example.org"]
    assert DBTaskResult.objects.filter(status="READY").count() == 1


def test_a_clock_that_was_put_back_does_not_keep_the_worker_waiting(client, monday, work_off):
    monday.shift(dt.timedelta(days=1))
    client.post("/en/newsletter/", {"email": "ana@example.org"})
    monday.move_to(MONDAY)
    client.post("/en/newsletter/", {"email": "boris@example.org"})
    monday.shift(dt.timedelta(minutes=2))
    work_off()
    assert "boris@example.org" in [message["To"] for message in read_sent_mails()]


def test_tasks_of_every_room_that_were_done_a_day_ago_are_swept_up(work_off):
    renew_mirror.enqueue()
    send_confirmations.enqueue()
    work_off()
    DBTaskResult.objects.update(finished_at=timezone.now() - dt.timedelta(days=2))
    delete_finished_tasks()
    assert not DBTaskResult.objects.exists()


def test_a_task_whose_worker_was_killed_is_done_by_another(work_off):
    send_confirmations.enqueue()
    long_ago = timezone.now() - dt.timedelta(minutes=20)
    DBTaskResult.objects.update(status="RUNNING", started_at=long_ago, worker_ids=["killed"])
    requeue_lost_tasks()
    work_off()
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"
