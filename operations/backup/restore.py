"""Brings a backup back: all of it or nothing, and without what was taken back since.

The file is read from beginning to end before anything is touched. Files come first, since one that nothing names
does no harm; then the database is replaced in one transaction, in which also later withdrawals, purges and
unsubscriptions are done again. A restore that is killed at any moment leaves the site as it was.
Not here: what is in a backup (`backup.py`).
"""

import datetime as dt
import hashlib
import json
import os
import re
import zlib
from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, models
from django.db.utils import OperationalError

from audit import chain, erasures
from newsletter import restore_hooks
from newsletter.subscribers import signup
from publishing.batches import in_batches
from publishing.item_log import OPERATOR
from publishing.models import Entry, Release
from publishing.publication import get_publication_types
from publishing.workflow import transitions
from staff.lockdown import lock_down
from staff.models import Account

from . import backup, dump
from .sealed_file import UnreadableBackup

FILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}\.[a-z0-9]{1,8}")
SAME_DEED = dt.timedelta(seconds=5)
WITHDRAWAL_REASON = "taken back after the backup was made"


@dataclass
class RestoreReport:
    """What a restore did: rows and files, and how much of what the copy held was taken back again."""

    taken: dt.datetime
    rows: int = 0
    files: int = 0
    withdrawn: int = 0
    purged: int = 0
    subscribers: int = 0
    trouble: list = field(default_factory=list)


# --- Before anything is touched ---------------------------------------------------------------


def is_site_empty():
    """Whether there is nothing here that a restore would replace."""
    try:
        there = connection.introspection.table_names()
        return not any(
            model._meta.db_table in there and model._base_manager.exists() for model in (Release, Account)
        )  # fmt: skip
    except OperationalError as error:
        raise UnreadableBackup(f"The database cannot be reached: {error}") from error


def read_metadata(path):
    """Checks the whole file and returns what it says of itself; raises `UnreadableBackup` or
    `dump.IncompatibleBackup`."""
    if not settings.BACKUP_KEY:
        raise UnreadableBackup("BACKUP_KEY is not set: the key with which the backup was made.")
    try:
        with open(path, "rb") as file:
            backup.verify_backup(file)
            file.seek(0)
            about = json.loads(next(data for name, data in backup.read_parts(file) if name == "about.json"))
    except OSError as error:
        raise UnreadableBackup(f"{path}: {error.strerror}.") from error
    if about["format"] != backup.FORMAT_VERSION:
        raise dump.IncompatibleBackup(
            f"The backup is in format {about['format']}; this version reads {backup.FORMAT_VERSION}."
        )
    fit = dump.get_models_at(about["migrations"])
    if {table: [one.column for one in dump.get_stored_fields(model)] for table, model in fit.items()} != about[
        "columns"
    ]:
        raise dump.IncompatibleBackup("The tables of the backup are not those of its own migrations.")
    return about


# --- The restore ------------------------------------------------------------------------------


def restore_backup(path, *, also=(), progress=iter):
    """Replaces database and files by those of the backup; returns a `RestoreReport`.

    `also` are texts of further files of erasures, as other machines or an older disk kept them.
    """
    about = read_metadata(path)
    report = RestoreReport(dt.datetime.fromisoformat(about["taken"]))
    here = get_local_erasures(also)
    with open(path, "rb") as file:
        copied = restore_files(file, report, progress=progress)
    erased = merge_erasures([*here, *copied])
    with dump.replace_database(), open(path, "rb") as file:
        built = dump.recreate_tables(about["migrations"])
        for name, data in progress(backup.read_parts(file)):
            if name.startswith("rows/"):
                report.rows += dump.insert_rows(built[name.split("/")[1]], zlib.decompress(data))
        dump.finish_tables(built)
        call_command("migrate", verbosity=0, interactive=False)
        known = [*copied, *backup.get_recorded_erasures()]
        reapply_erasures(report, erased, newer=find_newer(here, known))
    erasures.append_missing_erasures(erased)
    return report


def get_local_erasures(also):
    """What this machine remembers, from the file, from its database while it can be read, and from `also`."""
    found = [one for text in (erasures.read_text(), *also) for one in erasures.parse_every_line(text)]
    try:
        return found + list(backup.get_recorded_erasures())
    except DatabaseError:  # lost, or not there yet: then the file is all there is
        return found


def find_newer(here, known):
    """The (what, id) of the deeds that the copy does not remember: what it shows was decided before them.

    No two clocks are compared: the line and the release of one deed were written within a moment, on one machine.
    """
    moments = defaultdict(list)
    for one in known:
        moments[one.what, one.id].append(one.at)
    return {
        (one.what, one.id) for one in here if not any(abs(at - one.at) < SAME_DEED for at in moments[one.what, one.id])
    }


def merge_erasures(found):
    return erasures.parse_erasures("\n".join(map(str, found)))


def restore_files(file, report, *, progress):
    """Stores what is missing or damaged here; returns the erasures that the copy remembers."""
    erased = []
    for name, data in progress(backup.read_parts(file)):
        if name == "erasures":
            erased = erasures.parse_every_line(data.decode())
        elif name.startswith("files/"):
            store_file(name.removeprefix("files/"), data)
            report.files += 1
    os.sync()  # files are on the disk before a database names them
    return erased


def store_file(name, data):
    if not FILE_NAME.fullmatch(name):
        raise UnreadableBackup("The backup holds a file with a name that this site never gives.")
    if default_storage.exists(name):
        with default_storage.open(name) as there:
            if hashlib.sha256(there.read()).digest() == hashlib.sha256(data).digest():
                return
        default_storage.delete(name)
    default_storage.save(name, ContentFile(data))


def reapply_erasures(report, erased, *, newer):
    """In the transaction of the restore: what was taken back stays so, and the log says what happened.

    `newer` are the (what, id) of deeds that the copy does not remember, so that they came after it.
    """
    Release.objects.hold()
    if broken := chain.verify_chain():
        report.trouble.append(f"The audit log of the copy is broken at line {broken.pk}: {broken.reason}.")
    erase_subscribers(report, erased)
    for one in sorted(erased, key=lambda one: one.at):
        if one.what != erasures.SUBSCRIBER:
            retract_item(report, one, is_newer=(one.what, one.id) in newer)
    report.trouble += restore_hooks.settle_restored_editions(report.taken)
    # Accounts, passwords and rights are those of the copy: nobody comes in before a person has looked at them.
    lock_down(by=OPERATOR)
    chain.record(
        "site.restored",
        actor=OPERATOR,
        taken=report.taken.isoformat(),
        withdrawn=report.withdrawn,
        purged=report.purged,
        subscribers=report.subscribers,
    )


def erase_subscribers(report, erased):
    rows = [int(one.id) for one in erased if one.what == erasures.SUBSCRIBER and one.id.isdigit()]
    for batch in in_batches(rows):
        report.subscribers += signup.erase_rows(set(batch)) > 0
    signup.delete_unconfirmed_sign_ups()


def retract_item(report, erased, *, is_newer):
    """A withdrawal or purge, if the copy still shows or holds the item; what the copy released after it stays."""
    item = find_working_copy(erased.id)
    if item is None:
        return
    is_purged = erased.what == erasures.PURGED
    if Entry.objects.filter(uid=item.uid).exists() and (is_purged or is_newer):
        report.withdrawn += len(transitions.withdraw(item, reason=WITHDRAWAL_REASON))
    if is_purged:
        purge_item(report, item)


def find_working_copy(uid):
    for model in get_publication_types().values():
        if found := model._default_manager.filter(uid=uid).first():
            return found
    return None


def purge_item(report, item):
    try:
        transitions.reopen(item, by=None)
        transitions.purge(item, by=None)
    except (transitions.TransitionRefused, models.ProtectedError) as error:
        report.trouble.append(f"{item.TYPE}:{item.uid} was purged since and could not be purged here: {error}")
    else:
        report.purged += 1
