"""Ways out of the desk x what is promised: what one way keeps, all of them keep.

The ways are those of `test_every_route.py`, with the import, a version brought back, and a letter. Not here: where an
item may be seen once it is out (`tests/publishing/test_surfaces.py`, `tests/timeline/test_content_notes.py`).
"""

import csv
import io
from contextlib import suppress

import pytest
from django.core.management import call_command
from django.utils import timezone

from newsletter.composition import addressing
from newsletter.delivery.sending import send_due
from newsletter.models import Edition
from publishing.models import Entry, Release
from publishing.screening import names
from publishing.workflow import transitions
from stories.models import SurvivorStory
from tests.support.desk_client import admin_url, log_in, read_form, say_seen
from tests.support.environment import make_key
from tests.support.factories import approve_item, make_situation, make_staff, make_story, make_update, publish_item
from tests.support.newsletter_fixtures import make_subscriber, read_sent_mails
from updates.models import Update

from .test_every_route import ROUTES, by_command_later, by_form_later, by_schedule

pytestmark = pytest.mark.django_db
NAME, PHONE = "Maryna Adamovich", "+375 29 123-45-67"
LATER = {by_form_later, by_schedule, by_command_later}


@pytest.fixture(autouse=True)
def quiet(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"
    settings.DATA_DIR, settings.MAIL_CONNECTIONS, settings.NAMES_KEYS = tmp_path, 1, [make_key(90)]


@pytest.fixture
def chief(client):
    """Has every right there is."""
    account = log_in(client, "chief", role="administrator")
    account.is_superuser = True
    account.save()
    return account


def by_sheet(client, item):
    """The words of the item in a file, imported a second time and published."""
    row = {"situation": "belarus", "date": f"{item.date}", "title": item.title_en, "body": item.body_en or ""}
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(row))
    writer.writeheader()
    writer.writerow(row)
    path = item_path(item)
    path.write_text(text.getvalue())
    out = io.StringIO()
    call_command("import_updates", str(path), situation="belarus", publish=True, stdout=out)
    return out.getvalue()


def item_path(item):
    return item.sheet_folder / "sheet.csv"


def by_restored_version(client, item):
    """An earlier release is brought back into the working copy, which publishes nothing, and then published."""
    release = Release.objects.of(item.uid).exclude(document=None).first()
    if release:
        address = admin_url(item, f"restore/{release.pk}")
        client.post(address, read_form(client, address))
    fresh = type(item).objects.get(pk=item.pk)
    client.post(admin_url(fresh, "publish"), {"digest": fresh.seen_digest()})


def by_letter(client, item):
    """A letter that names whatever was ever released."""
    make_subscriber()
    edition = Edition.objects.create(state="composing", numbers=list(Release.objects.values_list("pk", flat=True)))
    addressing.create_deliveries(edition)
    send_due()


def stays_inside(item):
    sent = "".join(mail.as_string() for mail in read_sent_mails())
    return not Entry.objects.filter(uid=item.uid).exists() and item.slug not in sent


EVERY_ROUTE = [*ROUTES, by_sheet, by_restored_version, by_letter]


def take(route, client, item, tmp_path):
    """Some ways raise what they refuse; here it counts alone what came of it."""
    item.sheet_folder = tmp_path
    try:
        return route(client, item)
    except pytest.fail.Exception:  # a way of `test_every_route.py` that expects a refusal it was not given
        return None


@pytest.mark.parametrize("route", EVERY_ROUTE)
def test_a_listed_name_leaves_by_no_way(client, chief, route, tmp_path):
    make_situation()
    names.add_listed_name(NAME, by="ana")
    update = make_update("Told", slug="told", body_en=f"<p>{NAME} was there.</p>")
    take(route, client, update, tmp_path)
    assert stays_inside(update)


@pytest.mark.parametrize("route", [route for route in EVERY_ROUTE if route not in {by_sheet}])
def test_what_was_withdrawn_comes_back_by_no_way_without_a_new_yes(client, chief, route, tmp_path):
    story = make_story(slug="told", by=make_staff("author"), public=True)
    transitions.withdraw(story, reason="the teller asked for it")
    take(route, client, SurvivorStory.objects.get(pk=story.pk), tmp_path)
    assert stays_inside(story)


@pytest.mark.parametrize("again", [False, True])
def test_a_sheet_brings_back_nothing_that_was_withdrawn(client, chief, tmp_path, again):
    make_situation()
    update = publish_item(make_update("Told", slug="told", body_en="<p>Words.</p>"))
    transitions.withdraw(update, reason="wrong")
    for _number in range(1 + again):
        take(by_sheet, client, Update.objects.get(pk=update.pk), tmp_path)
    assert not Entry.objects.filter(type="update").exists()


@pytest.mark.parametrize("route", EVERY_ROUTE)
def test_what_was_purged_comes_back_by_no_way(client, chief, route, tmp_path):
    make_situation()
    update = publish_item(make_update("Told", slug="told", body_en="<p>Words.</p>"))
    transitions.withdraw(update, reason="wrong")
    transitions.purge(update, by=None)
    if route is by_sheet:
        take(route, client, update, tmp_path)
    else:
        with suppress(Exception):  # whichever way, there is nothing to take
            route(client, update)
    assert not Entry.objects.filter(type="update").exists()


@pytest.mark.parametrize("route", sorted(LATER, key=str))
def test_what_is_scheduled_is_not_seen_before_its_hour_by_any_way(client, chief, route, tmp_path):
    update = make_update("Told", slug="told")
    take(route, client, update, tmp_path)
    assert not Entry.objects.public(now=timezone.now()).filter(uid=update.uid).exists()


@pytest.mark.parametrize("way", ["page", "list", "command", "sheet"])
def test_personal_data_is_named_before_or_with_every_way_out(client, chief, way, tmp_path, capsys):
    make_situation()
    update = make_update("Told", slug="told", body_en=f"<p>Call {PHONE}.</p>")
    update.sheet_folder = tmp_path
    if way == "page":
        told = client.get(admin_url(update, "publish")).content.decode()
    elif way == "list":
        chosen = {"action": "publish_all", "_selected_action": update.pk, "index": "0"} | say_seen(update)
        told = client.post("/admin/updates/update/", chosen).content.decode()
    elif way == "command":
        call_command("publish", "update", "told")
        told = "".join(capsys.readouterr())
    else:
        told = by_sheet(client, update)
    assert any(words in told for words in ("123-45-67", "phone number", "1 passage not reviewed yet"))


@pytest.mark.parametrize("channel", ["newsletter", "feed", "card", "mirror"])
def test_a_channel_that_was_closed_is_closed_on_every_way_back(client, chief, channel):
    """Narrowed, approved and published anew: the entry says so, whichever earlier release said otherwise."""
    story = make_story(slug="told", by=make_staff("author"), public=True)
    setattr(story.consent, channel, False)
    story.consent.save()
    fresh = approve_item(SurvivorStory.objects.get(pk=story.pk))
    address = admin_url(fresh, "publish")
    client.post(address, read_form(client, address) | {"meaning": "no"})
    assert SurvivorStory.objects.get().status == "published"
    assert not Entry.objects.public(channel=channel).filter(uid=story.uid).exists()
