"""An item whose schedule is moved, replaced or called off is public exactly as its last words said, with its files."""

import datetime as dt

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from newsletter.composition import digests
from publishing.models import Entry, FacetCount, PublishedFile, Release
from publishing.workflow import transitions
from publishing.workflow.entries import rebuild_entries
from tests.support.factories import make_alert, make_situation, make_update, save_item
from tests.support.newsletter_fixtures import make_subscriber

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
PAGE = "/en/belarus/updates/walk/"
NOW = timezone.now()


def add_picture(update, name):
    rendition = {"name": name, "type": "image/jpeg", "width": 1, "height": 1, "size": 1}
    update.picture, update.picture_decorative = {"renditions": [rendition], "width": 1, "height": 1}, True
    default_storage.delete(name)
    default_storage.save(name, ContentFile(b"x"))
    return save_item(update)


def publish_words(update, title, *, at=None, correction=None):
    update.title_en = title
    transitions.publish(save_item(update), at=at, correction=correction)


def read_later(client, hours, path=PAGE):
    """(status, whether it says “First”, “Second”, ...) of the page so many hours from now."""
    with time_machine.travel(NOW + hours * HOUR):
        answer = client.get(path)
        words = answer.getvalue().decode() if answer.status_code == 200 else ""
    return answer.status_code, [word for word in ("First", "Second", "Third") if f"<title>{word}" in words]


def describe_all():
    entries = Entry.objects.values_list("release_id", "language", "first_public", "visible_from", "visible_until")
    counts = FacetCount.objects.values_list("language", "facet", "value", "visible_from", "visible_until", "n")
    files = PublishedFile.objects.values_list("name", "visible_from", "visible_until", "gone")
    return sorted(map(str, entries)), sorted(map(str, counts)), sorted(map(str, files))


@pytest.fixture
def update():
    return make_update("First", slug="walk", public=True)


@pytest.mark.parametrize(("first", "then"), [(1, 3), (3, 1)])
def test_an_item_whose_schedule_is_moved_stays_public_until_the_new_hour(client, update, first, then):
    publish_words(update, "Second", at=NOW + first * HOUR)
    publish_words(update, "Third", at=NOW + then * HOUR)
    assert read_later(client, then - 0.5) == (200, ["First"])
    assert read_later(client, then + 0.5) == (200, ["Third"])
    rebuild_entries()
    assert read_later(client, then - 0.5) == (200, ["First"])
    assert read_later(client, then + 2.5) == (200, ["Third"])


def test_an_alert_whose_next_words_are_put_off_does_not_go_dark(client):
    make_situation()
    alert = make_alert("First words")
    alert.sentence_en = "Second words"
    for hours in (1, 3):
        transitions.publish(save_item(alert), at=NOW + hours * HOUR)
    with time_machine.travel(NOW + 2 * HOUR):
        assert "First words" in client.get("/en/belarus/").content.decode()


@pytest.mark.parametrize("times", [(1, 3), (3, 1), (1, 3, 2, None), (2, None, 5)])
def test_writing_everything_anew_changes_no_entry_count_or_file(update, times):
    for number, hours in enumerate(times):
        add_picture(update, f"plan-{number % 2}.jpg")
        publish_words(update, f"Words {number}", at=hours and NOW + hours * HOUR)
    before = describe_all()
    rebuild_entries()
    assert describe_all() == before


def test_a_picture_left_out_once_and_taken_back_in_is_there_with_its_page(client, update):
    transitions.publish(add_picture(update, "plan-a.jpg"))
    update.picture = None
    publish_words(update, "Second", at=NOW + HOUR)
    publish_words(add_picture(update, "plan-a.jpg"), "Third", at=NOW + 2 * HOUR)
    assert [read_later(client, hours, "/media/plan-a.jpg")[0] for hours in (0, 1.5, 3)] == [200, 200, 200]


def test_the_picture_of_a_page_that_is_brought_forward_comes_with_it(client):
    update = add_picture(make_update("First", slug="walk"), "plan-b.jpg")
    transitions.publish(update, at=NOW + 5 * HOUR)
    transitions.publish(update, at=NOW + HOUR)
    assert [read_later(client, hours, "/media/plan-b.jpg")[0] for hours in (0.5, 1.5)] == [404, 200]


def test_a_picture_that_was_withdrawn_and_waits_again_is_still_known_to_be_gone(client, update):
    transitions.publish(add_picture(update, "plan-c.jpg"))
    transitions.withdraw(update, reason="wrong")
    transitions.publish(update, at=NOW + HOUR)
    assert [read_later(client, hours, "/media/plan-c.jpg")[0] for hours in (0, 2)] == [410, 200]


def test_what_was_brought_forward_bears_the_day_on_which_it_was_first_shown(client):
    update = make_update("First", slug="walk")
    transitions.publish(update, at=NOW + 72 * HOUR)
    transitions.publish(update)
    assert Entry.objects.filter(uid=update.uid, first_public__lte=timezone.now()).count() == 6
    (item,) = client.get("/en/belarus/feed.json").json()["items"]
    assert dt.datetime.fromisoformat(item["date_published"]) <= timezone.now()


@pytest.mark.parametrize("times", [(72, 0), (1, 120)])
def test_what_was_scheduled_twice_is_mailed_once(times):
    make_subscriber(frequency="daily")
    update = make_update("First", slug="walk")
    for hours in times:
        transitions.publish(update, at=NOW + hours * HOUR if hours else None)
    made = 0
    for day in range(10):
        with time_machine.travel(NOW + day * 24 * HOUR):
            made += digests.compose_due_digests()
    assert made == 1


# --- Never there, or gone -----------------------------------------------------------------------


def get_permanent_links(item):
    number = Release.objects.of(item.uid).first().pk
    return [PAGE, f"/e/{number}", f"/en/e/{number}.ris", f"/api/v1/entries/{number}"]


def test_what_was_put_off_before_its_hour_does_not_tell_that_it_waits(client):
    update = make_update("First", slug="walk")
    transitions.publish(update, at=NOW + HOUR)
    transitions.publish(update, at=NOW + 3 * HOUR)
    assert {read_later(client, 2, path)[0] for path in get_permanent_links(update)} == {404}


def test_what_was_withdrawn_before_its_hour_was_never_there(client):
    update = make_update("First", slug="walk")
    transitions.publish(add_picture(update, "plan-d.jpg"), at=NOW + HOUR)
    transitions.withdraw(update, reason="wrong")
    asked = [*get_permanent_links(update), "/media/plan-d.jpg"]
    assert {read_later(client, hours, path)[0] for path in asked for hours in (0, 2)} == {404}


def test_what_was_withdrawn_and_waits_again_is_gone_meanwhile(client, update):
    transitions.withdraw(update, reason="wrong")
    transitions.publish(update, at=NOW + 2 * HOUR)
    assert {read_later(client, 1, path)[0] for path in get_permanent_links(update)} == {410}
    assert read_later(client, 3) == (200, ["First"])


# --- Correction notes -----------------------------------------------------------------------------


def get_notes(item, hours=0):
    with time_machine.travel(NOW + hours * HOUR):
        entry = Entry.objects.public().get(uid=item.uid, language="en")
    return [(note["at"], note["note"]["text"]) for note in entry.facts["corrections"]]


def test_the_note_of_words_that_nobody_ever_saw_is_not_shown(update):
    publish_words(update, "Second", at=NOW + HOUR, correction={"en": "Given up."})
    publish_words(update, "Third")
    assert get_notes(update) == []


def test_a_note_bears_the_day_since_when_it_stands_there(update):
    publish_words(update, "Second", at=NOW + 48 * HOUR, correction={"en": "Ten, not nine."})
    said = [((NOW + 48 * HOUR).date().isoformat(), "Ten, not nine.")]
    assert get_notes(update, 49) == said
    with time_machine.travel(NOW + 72 * HOUR):
        publish_words(update, "Third")
    assert get_notes(update, 73) == said


# --- Situations that begin later --------------------------------------------------------------------


@pytest.fixture
def embargoed():
    situation = make_situation(public=False)
    transitions.publish(situation, at=NOW + 2 * HOUR)
    return situation


def test_an_item_is_nowhere_before_its_situation(client, embargoed):
    make_subscriber(frequency="instant")
    update = make_update("First", slug="walk", tell_now=True, public=True)
    number = Entry.objects.filter(uid=update.uid).first().number
    paths = ["/en/", "/en/search/", "/en/search/feed.atom", "/en/search/export.csv", "/api/v1/entries", "/sitemap.xml"]
    assert not any("walk" in client.get(path).getvalue().decode() for path in paths)
    assert [client.get(path).status_code for path in (PAGE, f"/e/{number}")] == [404, 404]
    assert digests.compose_due_digests() == 0
    assert read_later(client, 3) == (200, ["First"])


def test_an_item_follows_its_situation_to_another_hour(client, embargoed):
    make_update("First", slug="walk", public=True)
    transitions.publish(embargoed, at=NOW + 5 * HOUR)
    assert [read_later(client, hours)[0] for hours in (3, 6)] == [404, 200]
    before = describe_all()
    rebuild_entries()
    assert describe_all() == before
    transitions.publish(embargoed)
    assert client.get(PAGE).status_code == 200


def test_an_item_that_waits_longer_than_its_situation_keeps_its_own_hour(client, embargoed):
    transitions.publish(make_update("First", slug="walk"), at=NOW + 4 * HOUR)
    transitions.publish(embargoed)
    assert [read_later(client, hours)[0] for hours in (3, 5)] == [404, 200]


def test_an_item_that_was_withdrawn_with_its_situation_before_the_hour_was_never_there(client, embargoed):
    update = make_update("First", slug="walk", public=True)
    transitions.withdraw(embargoed, reason="not yet")
    assert {read_later(client, hours, path)[0] for path in get_permanent_links(update) for hours in (0, 3)} == {404}


def test_an_alert_is_not_shown_before_its_situation(client, embargoed):
    make_situation("routes")
    make_alert("Torture on the routes", situation=embargoed)
    assert not Entry.objects.public().filter(type="alert").exists()
    with time_machine.travel(NOW + 3 * HOUR):
        assert "Torture on the routes" in client.get("/en/belarus/").content.decode()
