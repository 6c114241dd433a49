"""A backup brings everything back, but nobody who left and nothing that was taken back."""

import datetime as dt
import io
import os
import stat
import uuid

import pytest
import time_machine
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
from operations.backup.sealed_file import BLOCK_SIZE, MAGIC, SealedReader, SealedWriter, UnreadableBackup
from publishing.models import Entry, Release
from publishing.workflow import transitions
from staff.lockdown import is_locked
from staff.models import Account, Session
from tests.support.environment import make_key
from tests.support.factories import make_staff, make_story, make_update, publish_item
from tests.support.newsletter_fixtures import make_subscriber
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
    settings.BACKUP_KEY = [make_key(128)]
    yield tmp_path
    if dump.get_unapplied_migrations():
        call_command("migrate", verbosity=0)


@pytest.fixture
def copy(place):
    """Where the backup of a test stands once it was made."""
    return place / "copy"


def run_command(*words, **options):
    out = io.StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def restore_copy(copy):
    return run_command("restore", str(copy), over=True, yes=True)


def make_update_with_picture(**fields):
    default_storage.save(NAME, ContentFile(b"pixels"))
    drawn = {"name": NAME, "type": "image/jpeg", "width": 1, "height": 1}
    picture = {"renditions": [drawn], "width": 1, "height": 1}
    return make_update(MARK, picture=picture, picture_decorative=True, **fields)


def lose_database():
    with dump.replace_database():
        dump.drop_tables()


def dump_database():
    """Every row of every table, as the backup writes them."""
    models = dump.get_models_at(dump.get_applied_migrations())
    return {table: b"".join(lines for lines, _count in dump.dump_rows(model)) for table, model in models.items()}


# --- All of it --------------------------------------------------------------------------------


def test_every_row_comes_back_exactly_as_it_was(copy):
    make_story(public=True)
    make_update_with_picture(public=True)
    make_subscriber()
    before = dump_database()
    run_command("backup", str(copy))
    make_update("Later", public=True)
    restore_copy(copy)
    after = dump_database()
    line_and_lock_of_the_restore = {"audit_event", "staff_lockdown"}
    assert {table for table in before if before[table] != after[table]} == line_and_lock_of_the_restore
    assert after["audit_event"].startswith(before["audit_event"])


def test_a_lost_site_comes_back_with_its_files(copy):
    make_update_with_picture(slug="marked", public=True)
    run_command("backup", str(copy))
    default_storage.delete(NAME)
    lose_database()
    assert "1 files" in run_command("restore", str(copy))
    client = Client()
    assert MARK in client.get("/en/belarus/updates/marked/").content.decode()
    assert b"".join(client.get(f"/media/{NAME}").streaming_content) == b"pixels"


def test_search_finds_again_after_a_restore(copy):
    make_update("Nebenwort", public=True)
    run_command("backup", str(copy))
    restore_copy(copy)
    assert "Nebenwort" in Client().get("/en/search/?q=nebenwort").content.decode()


def test_a_damaged_file_is_mended(copy, settings):
    make_update_with_picture(public=True)
    run_command("backup", str(copy))
    (settings.MEDIA_ROOT / NAME).write_bytes(b"rot")
    restore_copy(copy)
    assert (settings.MEDIA_ROOT / NAME).read_bytes() == b"pixels"


def test_numbers_go_on_where_they_were(copy):
    make_update(public=True)
    run_command("backup", str(copy))
    last = Release.objects.latest("pk").pk
    restore_copy(copy)
    publish_item(make_update())
    assert Release.objects.latest("pk").pk > last


def test_a_copy_from_before_the_last_migrations_is_brought_up_to_date(copy):
    make_update(public=True)
    call_command("migrate", "mfa", "0001", verbosity=0)
    try:
        older = dump.get_applied_migrations()
        with open(copy, "w+b") as file:
            backup.write_archive(file, progress=iter)
        restore_copy(copy)
    finally:
        call_command("migrate", verbosity=0)
    assert len(dump.get_applied_migrations()) > len(older)
    assert not dump.get_unapplied_migrations()
    assert Entry.objects.filter(type="update").exists()


# --- What was taken back since ----------------------------------------------------------------


def test_who_unsubscribed_since_does_not_come_back(copy):
    left, stays = make_subscriber("left@example.org"), make_subscriber("stays@example.org")
    run_command("backup", str(copy))
    signup.unsubscribe(left.pk)
    assert "1 unsubscribed" in restore_copy(copy)
    assert [one.pk for one in Subscriber.objects.all()] == [stays.pk]


def test_what_was_withdrawn_since_does_not_come_back(copy):
    story = make_story(MARK, slug="told", public=True)
    run_command("backup", str(copy))
    transitions.withdraw(story, reason="consent withdrawn")
    assert "1 withdrawn" in restore_copy(copy)
    assert Client().get("/en/belarus/stories/told/").status_code == 410


def test_what_was_purged_since_does_not_come_back_in_any_row_or_file(copy):
    update = make_update_with_picture(public=True)
    run_command("backup", str(copy))
    transitions.withdraw(update, reason="danger")
    transitions.purge(update, by=None)
    assert "1 purged" in restore_copy(copy)
    assert MARK.encode() not in b"".join(dump_database().values())
    assert not default_storage.exists(NAME)


def test_a_purged_draft_does_not_come_back(copy):
    update = submit_item(make_update(MARK))
    run_command("backup", str(copy))
    transitions.return_to_author(update, by=make_staff("approver"), comment="no")
    transitions.purge(update, by=None)
    restore_copy(copy)
    assert not Update.objects.exists()


def submit_item(item):
    transitions.submit(item)
    return item


def test_a_withdrawn_situation_stays_away_with_all_that_stood_in_it(copy):
    update = make_update(public=True)
    run_command("backup", str(copy))
    transitions.withdraw(update.situation, reason="danger")
    restore_copy(copy)
    assert not Entry.objects.exists()


def test_what_was_published_again_before_the_copy_stays(copy):
    update = make_update(public=True)
    transitions.withdraw(update, reason="a mistake")
    publish_item(update)
    run_command("backup", str(copy))
    assert "0 withdrawn" in restore_copy(copy)
    assert Entry.objects.filter(uid=update.uid).exists()


def test_erasures_outlive_the_database(copy):
    left, story = make_subscriber(), make_story(public=True)
    run_command("backup", str(copy))
    signup.unsubscribe(left.pk)
    transitions.withdraw(story, reason="consent withdrawn")
    lose_database()
    run_command("restore", str(copy))
    assert not Subscriber.objects.exists()
    assert not Entry.objects.filter(type="story").exists()


def test_erasures_of_the_database_count_where_their_file_is_lost(copy):
    left = make_subscriber()
    run_command("backup", str(copy))
    signup.unsubscribe(left.pk)
    erasures.get_erasures_path().unlink()
    restore_copy(copy)
    assert not Subscriber.objects.exists()


def test_another_machines_erasures_are_heeded(copy, place):
    left = make_subscriber()
    run_command("backup", str(copy))
    signup.unsubscribe(left.pk)
    other = place / "other"
    erasures.get_erasures_path().rename(other)
    lose_database()
    run_command("restore", str(copy), erasures=[str(other)])
    assert not Subscriber.objects.exists()


def test_the_file_of_erasures_names_nobody_and_nothing(settings):
    story = make_story(MARK, public=True)
    left = make_subscriber("left@example.org")
    signup.unsubscribe(left.pk)
    transitions.withdraw(story, reason="consent withdrawn by Maria")
    text = erasures.get_erasures_path().read_text()
    told = [line.split(" ")[1:3] for line in text.splitlines()]
    assert told == [["subscriber", str(left.pk)], ["withdrawn", str(story.uid)]]
    assert all(len(line.split(" ")) == 4 for line in text.splitlines())
    assert stat.S_IMODE(erasures.get_erasures_path().stat().st_mode) == 0o600


def test_a_deed_that_is_undone_leaves_no_line():
    left = make_subscriber()
    with transaction.atomic():
        signup.unsubscribe(left.pk)
        transaction.set_rollback(True)
    assert not erasures.get_erasures_path().exists()


def test_half_a_line_says_nothing_and_spoils_no_other():
    erasures.get_erasures_path().write_text("2026-11-22T10:00:00+00:00 withdr")
    uid = str(uuid.uuid4())
    erasures.append_erasures([erasures.Erasure(timezone.now(), "purged", uid)])
    assert [(one.what, one.id) for one in erasures.read_erasures()] == [("purged", uid)]


def test_a_line_that_a_crash_cut_anywhere_loses_no_whole_line_and_names_nobody_else():
    first, second, third = (erasures.Erasure(timezone.now(), "withdrawn", str(uuid.uuid4())) for _number in range(3))
    for cut in range(1, len(str(second)) + 1):
        erasures.get_erasures_path().write_text(f"{first}\n{second}\n"[:-cut])
        erasures.append_erasures([third])
        known = {one.id for one in erasures.read_erasures()}
        assert {first.id, third.id} <= known <= {first.id, second.id, third.id}


def test_a_line_that_a_crash_cut_stops_no_restore(copy):
    first, second, third = (make_update(public=True) for _number in range(3))
    run_command("backup", str(copy))
    for one in (first, second):
        transitions.withdraw(one, reason="")
    path = erasures.get_erasures_path()
    path.write_bytes(path.read_bytes()[:-20])
    transitions.withdraw(third, reason="")
    lose_database()
    run_command("restore", str(copy))
    assert not Entry.objects.filter(uid__in=[first.uid, third.uid]).exists()


def test_a_line_from_before_lines_had_a_sum_is_still_heeded(copy):
    update = make_update(public=True)
    run_command("backup", str(copy))
    erasures.get_erasures_path().write_text(f"{timezone.now().isoformat()} withdrawn {update.uid}\n")
    lose_database()
    run_command("restore", str(copy))
    assert not Entry.objects.filter(uid=update.uid).exists()


def test_two_lines_that_were_glued_together_are_both_read():
    one, other = uuid.uuid4(), uuid.uuid4()
    glued = f"2026-11-22T10:00:00+00:00 withdrawn {str(one)[:20]}2026-11-22T10:00:01.5+00:00 purged {other}"
    assert [each.id for each in erasures.parse_erasures(glued)] == [str(other)]


def test_a_line_that_the_disk_did_not_take_is_written_later(settings, tmp_path, work_off):
    update = make_update(public=True)
    settings.DATA_DIR = tmp_path / "not-there-yet"
    transitions.withdraw(update, reason="danger")
    settings.DATA_DIR.mkdir()
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2), tick=False):
        work_off()
    assert [one.id for one in erasures.read_erasures()] == [str(update.uid)]


# --- Around it --------------------------------------------------------------------------------


def test_the_audit_log_holds_after_a_restore_and_says_that_there_was_one(copy):
    make_update(public=True)
    run_command("backup", str(copy))
    restore_copy(copy)
    assert chain.verify_chain() is None
    assert Event.objects.head().verb == "site.restored"


def test_nobody_is_logged_in_after_a_restore(copy, client):
    client.force_login(make_staff())
    assert Session.objects.exists()
    run_command("backup", str(copy))
    restore_copy(copy)
    assert not Session.objects.exists()
    assert client.get("/admin/", follow=False).status_code == 503
    run_command("unlock")
    assert client.get("/admin/", follow=False).status_code == 302


def test_after_a_restore_the_desk_is_locked_until_a_person_unlocks_it(copy):
    run_command("backup", str(copy))
    assert "locked" in restore_copy(copy)
    assert is_locked()
    run_command("unlock")
    assert not is_locked()


def test_a_withdrawal_outlives_a_restore_whatever_the_clock_said_then(copy):
    noon = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    with time_machine.travel(noon, tick=False) as clock:
        update = make_update(public=True)
        run_command("backup", str(copy))
        clock.move_to(noon - dt.timedelta(hours=2))
        transitions.withdraw(update, reason="asked for")
        assert "1 withdrawn" in restore_copy(copy)
    assert not Entry.objects.filter(uid=update.uid).exists()


def test_a_second_withdrawal_counts_although_the_copy_knows_the_first(copy):
    noon = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    with time_machine.travel(noon, tick=False) as clock:
        update = make_update(public=True)
        transitions.withdraw(update, reason="first")
        publish_item(update)
        run_command("backup", str(copy))
        clock.move_to(noon - dt.timedelta(hours=2))
        transitions.withdraw(update, reason="second")
        assert "1 withdrawn" in restore_copy(copy)


def test_mail_that_was_going_out_waits_for_a_person(copy):
    edition = Edition.objects.create(state="sending", numbers=[])
    Delivery.objects.create(edition=edition, subscriber=make_subscriber(), state="claimed", claim="x")
    run_command("backup", str(copy))
    assert "resume" in restore_copy(copy)
    assert Edition.objects.get().state == "stopped"
    assert Delivery.objects.get().state == "doubt"


def test_keys_that_do_not_open_the_addresses_are_told(copy, settings):
    make_subscriber()
    run_command("backup", str(copy))
    settings.SUBSCRIBER_KEYS = [make_key(200)]
    assert "SUBSCRIBER_KEYS" in restore_copy(copy)


def test_a_full_site_is_replaced_only_where_that_is_wanted(copy, monkeypatch):
    make_update(public=True)
    run_command("backup", str(copy))
    with pytest.raises(CommandError, match="--over"):
        run_command("restore", str(copy))
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    with pytest.raises(CommandError, match="Nothing was changed"):
        run_command("restore", str(copy), over=True)
    assert not Event.objects.filter(verb="site.restored").exists()


# --- The file ---------------------------------------------------------------------------------


def test_the_file_says_nothing_without_its_key(copy):
    make_story(MARK, public=True)
    make_subscriber("ana@example.org")
    run_command("backup", str(copy))
    data = copy.read_bytes()
    assert not [word for word in (MARK, "ana@", "belarus", "audit", "rows/") if word.encode() in data]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_another_key_opens_nothing_and_an_older_one_does(copy, settings):
    make_update(public=True)
    run_command("backup", str(copy))
    settings.BACKUP_KEY = [make_key(7)]
    with pytest.raises(CommandError, match="None of the keys"):
        restore_copy(copy)
    settings.BACKUP_KEY = [make_key(7), make_key(128)]
    assert "Restored" in restore_copy(copy)


def test_no_backup_is_written_without_a_key(copy, settings):
    settings.BACKUP_KEY = []
    with pytest.raises(CommandError, match="BACKUP_KEY is not set"):
        run_command("backup", str(copy))
    assert not copy.exists()


@pytest.mark.parametrize("damage", ["cut", "changed", "longer", "empty"])
def test_a_damaged_file_changes_nothing(copy, damage):
    make_update(public=True)
    run_command("backup", str(copy))
    data = copy.read_bytes()
    middle = len(data) // 2
    damaged = {
        "cut": data[:-1],
        "changed": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
        "longer": data + b"x",
        "empty": b"",
    }
    copy.write_bytes(damaged[damage])
    before = dump_database()
    with pytest.raises(CommandError, match="Nothing was changed"):
        restore_copy(copy)
    assert dump_database() == before


def test_blocks_cannot_change_places(copy, settings):
    file = io.BytesIO()
    writer = SealedWriter(file, key=settings.BACKUP_KEY[0])
    writer.write(os.urandom(3 * BLOCK_SIZE))
    writer.finish()
    head, size = len(MAGIC) + 32, BLOCK_SIZE + 16
    data = file.getvalue()
    swapped = data[:head] + data[head + size : head + 2 * size] + data[head : head + size] + data[head + 2 * size :]
    with pytest.raises(UnreadableBackup):
        SealedReader(io.BytesIO(swapped), keys=settings.BACKUP_KEY).read()
    assert len(SealedReader(io.BytesIO(data), keys=settings.BACKUP_KEY).read()) == 3 * BLOCK_SIZE


def test_a_copy_of_a_newer_version_is_refused():
    with pytest.raises(dump.IncompatibleBackup, match="9999_of_tomorrow"):
        dump.get_models_at([*dump.get_applied_migrations(), ["updates", "9999_of_tomorrow"]])


def test_a_backup_replaces_an_older_one_and_leaves_nothing_beside_it(copy):
    copy.write_bytes(b"older")
    (copy.parent / f".{copy.name}.0123.part").write_bytes(b"of one that was killed")
    make_update(public=True)
    run_command("backup", str(copy))
    assert copy.stat().st_size > 1000
    assert not list(copy.parent.glob(".*part"))


def test_a_folder_that_is_not_there_is_named(place):
    with pytest.raises(CommandError, match="nowhere"):
        run_command("backup", str(place / "nowhere" / "copy"))


def test_a_database_that_waits_for_migrations_is_not_copied(copy):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'updates'")
    with pytest.raises(CommandError, match="migrate"):
        run_command("backup", str(copy))
    call_command("migrate", "updates", fake=True, verbosity=0)


def test_a_file_that_is_no_backup_is_refused(copy):
    copy.write_bytes(b"SQLite format 3\0" + bytes(2000))
    with pytest.raises(UnreadableBackup, match="not a backup"):
        restore.read_metadata(copy)


def test_accounts_keep_their_passwords(copy):
    make_staff("ana", role="contributor")
    run_command("backup", str(copy))
    Account.objects.all().update(password="")
    restore_copy(copy)
    run_command("unlock")
    assert Client().login(username="ana", password="correct horse battery staple")


def test_an_erasure_is_in_the_database_too(copy):
    left = make_subscriber()
    run_command("backup", str(copy))
    signup.unsubscribe(left.pk)
    restore_copy(copy)
    assert Erasure.objects.filter(pk=left.pk).exists()
