"""A backup brings everything back, but nobody who left and nothing that was taken back."""

import io
import os
import stat

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from audit import chain, erasures
from audit.models import Event
from newsletter.models import Delivery, Edition, Erasure, Subscriber
from newsletter.subscribers import signup
from operations.backup import backup, dump, restore
from operations.backup.sealed_file import BLOCK, MAGIC, Reader, Unreadable, Writer
from publishing.models import Entry, Release
from publishing.workflow import transitions
from staff.models import Account, Session
from tests.support.environment import key
from tests.support.factories import make_staff, make_story, make_update, publish
from tests.support.newsletter_fixtures import reader
from updates.models import Update

# A restore drops and makes tables, which no other transaction may be around.
pytestmark = pytest.mark.django_db(transaction=True)

MARK = "Zeichen7f3a"
NAME = "c" * 40 + ".jpg"


@pytest.fixture(autouse=True)
def place(transactional_db, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "var"
    settings.DATA_DIR.mkdir()
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.BACKUP_KEY = [key(128)]
    yield tmp_path
    if dump.unapplied():
        call_command("migrate", verbosity=0)


@pytest.fixture
def copy(place):
    """Where the backup of a test stands once it was made."""
    return place / "copy"


def run(*words, **options):
    out = io.StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def bring_back(copy):
    return run("restore", str(copy), over=True, noinput=True)


def with_picture(**fields):
    default_storage.save(NAME, ContentFile(b"pixels"))
    drawn = {"name": NAME, "type": "image/jpeg", "width": 1, "height": 1}
    picture = {"renditions": [drawn], "width": 1, "height": 1}
    return make_update(MARK, picture=picture, picture_decorative=True, **fields)


def lose_database():
    with dump.replacing():
        dump.drop_all()


def contents():
    """Every row of every table, as the backup writes them."""
    models = dump.models_at(dump.applied())
    return {table: b"".join(lines for lines, _count in dump.batches_of(model)) for table, model in models.items()}


# --- All of it --------------------------------------------------------------------------------


def test_every_row_comes_back_exactly_as_it_was(copy):
    make_story(public=True)
    with_picture(public=True)
    reader()
    before = contents()
    run("backup", str(copy))
    make_update("Later", public=True)
    bring_back(copy)
    after = contents()
    line_of_the_restore = {"audit_event"}
    assert {table for table in before if before[table] != after[table]} == line_of_the_restore
    assert after["audit_event"].startswith(before["audit_event"])


def test_a_lost_site_comes_back_with_its_files(copy):
    with_picture(slug="marked", public=True)
    run("backup", str(copy))
    default_storage.delete(NAME)
    lose_database()
    assert "1 files" in run("restore", str(copy))
    client = Client()
    assert MARK in client.get("/en/belarus/updates/marked/").content.decode()
    assert b"".join(client.get(f"/media/{NAME}").streaming_content) == b"pixels"


def test_search_finds_again_after_a_restore(copy):
    make_update("Nebenwort", public=True)
    run("backup", str(copy))
    bring_back(copy)
    assert "Nebenwort" in Client().get("/en/search/?q=nebenwort").content.decode()


def test_a_damaged_file_is_mended(copy, settings):
    with_picture(public=True)
    run("backup", str(copy))
    (settings.MEDIA_ROOT / NAME).write_bytes(b"rot")
    bring_back(copy)
    assert (settings.MEDIA_ROOT / NAME).read_bytes() == b"pixels"


def test_numbers_go_on_where_they_were(copy):
    make_update(public=True)
    run("backup", str(copy))
    last = Release.objects.latest("pk").pk
    bring_back(copy)
    publish(make_update())
    assert Release.objects.latest("pk").pk > last


def test_a_copy_from_before_the_last_migrations_is_brought_up_to_date(copy):
    make_update(public=True)
    call_command("migrate", "newsletter", "0001", verbosity=0)
    try:
        older = dump.applied()
        with open(copy, "w+b") as file:
            backup.fill(file, progress=iter)
        bring_back(copy)
    finally:
        call_command("migrate", verbosity=0)
    assert len(dump.applied()) > len(older)
    assert not dump.unapplied()
    assert Entry.objects.filter(type="update").exists()


# --- What was taken back since ----------------------------------------------------------------


def test_who_unsubscribed_since_does_not_come_back(copy):
    left, stays = reader("left@example.org"), reader("stays@example.org")
    run("backup", str(copy))
    signup.unsubscribe(left.pk)
    assert "1 unsubscribed" in bring_back(copy)
    assert [one.pk for one in Subscriber.objects.all()] == [stays.pk]


def test_what_was_withdrawn_since_does_not_come_back(copy):
    story = make_story(MARK, slug="told", public=True)
    run("backup", str(copy))
    transitions.withdraw(story, reason="consent withdrawn")
    assert "1 withdrawn" in bring_back(copy)
    assert Client().get("/en/belarus/stories/told/").status_code == 410


def test_what_was_purged_since_does_not_come_back_in_any_row_or_file(copy):
    update = with_picture(public=True)
    run("backup", str(copy))
    transitions.withdraw(update, reason="danger")
    transitions.purge(update, by=None)
    assert "1 purged" in bring_back(copy)
    assert MARK.encode() not in b"".join(contents().values())
    assert not default_storage.exists(NAME)


def test_a_purged_draft_does_not_come_back(copy):
    update = workflow_in_review(make_update(MARK))
    run("backup", str(copy))
    transitions.return_to_author(update, by=make_staff("approver"), comment="no")
    transitions.purge(update, by=None)
    bring_back(copy)
    assert not Update.objects.exists()


def workflow_in_review(item):
    transitions.submit(item)
    return item


def test_a_withdrawn_situation_stays_away_with_all_that_stood_in_it(copy):
    update = make_update(public=True)
    run("backup", str(copy))
    transitions.withdraw(update.situation, reason="danger")
    bring_back(copy)
    assert not Entry.objects.exists()


def test_what_was_published_again_before_the_copy_stays(copy):
    update = make_update(public=True)
    transitions.withdraw(update, reason="a mistake")
    publish(update)
    run("backup", str(copy))
    assert "0 withdrawn" in bring_back(copy)
    assert Entry.objects.filter(uid=update.uid).exists()


def test_erasures_outlive_the_database(copy):
    left, story = reader(), make_story(public=True)
    run("backup", str(copy))
    signup.unsubscribe(left.pk)
    transitions.withdraw(story, reason="consent withdrawn")
    lose_database()
    run("restore", str(copy))
    assert not Subscriber.objects.exists()
    assert not Entry.objects.filter(type="story").exists()


def test_erasures_of_the_database_count_where_their_file_is_lost(copy):
    left = reader()
    run("backup", str(copy))
    signup.unsubscribe(left.pk)
    erasures.path().unlink()
    bring_back(copy)
    assert not Subscriber.objects.exists()


def test_another_machines_erasures_are_heeded(copy, place):
    left = reader()
    run("backup", str(copy))
    signup.unsubscribe(left.pk)
    other = place / "other"
    erasures.path().rename(other)
    lose_database()
    run("restore", str(copy), erasures=[str(other)])
    assert not Subscriber.objects.exists()


def test_the_file_of_erasures_names_nobody_and_nothing(settings):
    story = make_story(MARK, public=True)
    left = reader("left@example.org")
    signup.unsubscribe(left.pk)
    transitions.withdraw(story, reason="consent withdrawn by Maria")
    text = erasures.path().read_text()
    assert [line.split(" ", 1)[1] for line in text.splitlines()] == [f"subscriber {left.pk}", f"withdrawn {story.uid}"]
    assert stat.S_IMODE(erasures.path().stat().st_mode) == 0o600


def test_a_deed_that_is_undone_leaves_no_line():
    left = reader()
    with transaction.atomic():
        signup.unsubscribe(left.pk)
        transaction.set_rollback(True)
    assert not erasures.path().exists()


def test_half_a_line_says_nothing_and_spoils_no_other():
    erasures.path().write_text("2026-11-22T10:00:00+00:00 withdr")
    erasures.append([erasures.Erasure(timezone.now(), "purged", "ab")])
    assert [(one.what, one.id) for one in erasures.remembered()] == [("purged", "ab")]


# --- Around it --------------------------------------------------------------------------------


def test_the_audit_log_holds_after_a_restore_and_says_that_there_was_one(copy):
    make_update(public=True)
    run("backup", str(copy))
    bring_back(copy)
    assert chain.verify() is None
    assert Event.objects.head().verb == "site.restored"


def test_nobody_is_logged_in_after_a_restore(copy, client):
    client.force_login(make_staff())
    assert Session.objects.exists()
    run("backup", str(copy))
    bring_back(copy)
    assert not Session.objects.exists()
    assert client.get("/admin/", follow=False).status_code == 302


def test_mail_that_was_going_out_waits_for_a_person(copy):
    edition = Edition.objects.create(state="sending", numbers=[])
    Delivery.objects.create(edition=edition, subscriber=reader(), state="claimed", claim="x")
    run("backup", str(copy))
    assert "resume" in bring_back(copy)
    assert Edition.objects.get().state == "stopped"
    assert Delivery.objects.get().state == "doubt"


def test_keys_that_do_not_open_the_addresses_are_told(copy, settings):
    reader()
    run("backup", str(copy))
    settings.SUBSCRIBER_KEYS = [key(200)]
    assert "SUBSCRIBER_KEYS" in bring_back(copy)


def test_a_full_site_is_replaced_only_where_that_is_wanted(copy, monkeypatch):
    make_update(public=True)
    run("backup", str(copy))
    with pytest.raises(CommandError, match="--over"):
        run("restore", str(copy))
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    with pytest.raises(CommandError, match="Nothing was changed"):
        run("restore", str(copy), over=True)
    assert not Event.objects.filter(verb="site.restored").exists()


# --- The file ---------------------------------------------------------------------------------


def test_the_file_says_nothing_without_its_key(copy):
    make_story(MARK, public=True)
    reader("ana@example.org")
    run("backup", str(copy))
    data = copy.read_bytes()
    assert not [word for word in (MARK, "ana@", "belarus", "audit", "rows/") if word.encode() in data]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_another_key_opens_nothing_and_an_older_one_does(copy, settings):
    make_update(public=True)
    run("backup", str(copy))
    settings.BACKUP_KEY = [key(7)]
    with pytest.raises(CommandError, match="None of the keys"):
        bring_back(copy)
    settings.BACKUP_KEY = [key(7), key(128)]
    assert "Restored" in bring_back(copy)


def test_no_backup_is_written_without_a_key(copy, settings):
    settings.BACKUP_KEY = []
    with pytest.raises(CommandError, match="BACKUP_KEY is not set"):
        run("backup", str(copy))
    assert not copy.exists()


@pytest.mark.parametrize("damage", ["cut", "changed", "longer", "empty"])
def test_a_damaged_file_changes_nothing(copy, damage):
    make_update(public=True)
    run("backup", str(copy))
    data = copy.read_bytes()
    middle = len(data) // 2
    damaged = {
        "cut": data[:-1],
        "changed": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
        "longer": data + b"x",
        "empty": b"",
    }
    copy.write_bytes(damaged[damage])
    before = contents()
    with pytest.raises(CommandError, match="Nothing was changed"):
        bring_back(copy)
    assert contents() == before


def test_blocks_cannot_change_places(copy, settings):
    file = io.BytesIO()
    writer = Writer(file, key=settings.BACKUP_KEY[0])
    writer.write(os.urandom(3 * BLOCK))
    writer.finish()
    head, size = len(MAGIC) + 32, BLOCK + 16
    data = file.getvalue()
    swapped = data[:head] + data[head + size : head + 2 * size] + data[head : head + size] + data[head + 2 * size :]
    with pytest.raises(Unreadable):
        Reader(io.BytesIO(swapped), keys=settings.BACKUP_KEY).read()
    assert len(Reader(io.BytesIO(data), keys=settings.BACKUP_KEY).read()) == 3 * BLOCK


def test_a_copy_of_a_newer_version_is_refused():
    with pytest.raises(dump.Incompatible, match="9999_of_tomorrow"):
        dump.models_at([*dump.applied(), ["updates", "9999_of_tomorrow"]])


def test_a_backup_replaces_an_older_one_and_leaves_nothing_beside_it(copy):
    copy.write_bytes(b"older")
    (copy.parent / f".{copy.name}.0123.part").write_bytes(b"of one that was killed")
    make_update(public=True)
    run("backup", str(copy))
    assert copy.stat().st_size > 1000
    assert not list(copy.parent.glob(".*part"))


def test_a_folder_that_is_not_there_is_named(place):
    with pytest.raises(CommandError, match="nowhere"):
        run("backup", str(place / "nowhere" / "copy"))


def test_a_database_that_waits_for_migrations_is_not_copied(copy):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'updates'")
    with pytest.raises(CommandError, match="migrate"):
        run("backup", str(copy))
    call_command("migrate", "updates", fake=True, verbosity=0)


def test_a_file_that_is_no_backup_is_refused(copy):
    copy.write_bytes(b"SQLite format 3\0" + bytes(2000))
    with pytest.raises(Unreadable, match="not a backup"):
        restore.read_about(copy)


def test_accounts_keep_their_passwords(copy):
    make_staff("ana", role="contributor")
    run("backup", str(copy))
    Account.objects.all().update(password="")
    bring_back(copy)
    assert Client().login(username="ana", password="correct horse battery staple")


def test_an_erasure_is_in_the_database_too(copy):
    left = reader()
    run("backup", str(copy))
    signup.unsubscribe(left.pk)
    bring_back(copy)
    assert Erasure.objects.filter(pk=left.pk).exists()
