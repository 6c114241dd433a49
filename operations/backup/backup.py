"""Writes a backup: database, published and drafted files, and what was taken back, in one sealed file.

It is taken while the site is in use, of one moment; nothing of it rests on a disk in clear; and it has its name only
once it was read again from beginning to end. Inside the seal is a tar: `about.json`, `files/NAME`,
`rows/TABLE/NUMBER` (rows as JSON, compressed), and `sums.json` over all of them.
Not here: the seal (`sealed_file.py`), how rows are read (`dump.py`), how a copy is brought back (`restore.py`).
"""

import fcntl
import hashlib
import io
import json
import os
import secrets
import tarfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from audit import erasures
from audit.journal import fsync_folder
from audit.last_runs import BACKUP, note_run
from audit.locks import snapshot
from audit.models import Event
from newsletter.models import Erasure
from publishing.media.inventory import get_files_in_use
from publishing.models import Release

from . import dump
from .sealed_file import SealedReader, SealedWriter, UnreadableBackup

FORMAT_VERSION = 1
ERASURE_KINDS = {Release.Action.WITHDRAW: erasures.WITHDRAWN, Release.Action.PURGE: erasures.PURGED}


class BackupImpossible(Exception):  # a sentence for the person at the terminal
    """The backup cannot be made; nothing was written."""


@dataclass
class Manifest:
    """What was written: table -> rows, and for every part of the tar its SHA-256. `missing` files were not there."""

    rows: dict = field(default_factory=dict)
    parts: dict = field(default_factory=dict)
    missing: list = field(default_factory=list)

    @property
    def files(self):
        return sum(name.startswith("files/") for name in self.parts)

    def as_json(self):
        return {"rows": self.rows, "parts": self.parts}


# --- Writing ----------------------------------------------------------------------------------


def write_backup(path, *, progress=iter):
    """Makes the backup `path`, replacing an older one only when it is whole and was read again; returns its
    `Manifest`."""
    check_preconditions()
    erasures.append_missing_erasures(get_recorded_erasures())
    path = Path(path).absolute()
    with open_partial_file(path) as file:
        sums = write_archive(file, progress=progress)
        file.flush()
        os.fsync(file.fileno())
        with open(file.name, "rb") as again:
            if verify_backup(again).as_json() != sums.as_json():
                raise UnreadableBackup("What was written is not what was read again.")
        os.rename(file.name, path)
        fsync_folder(path.parent)
    note_run(BACKUP)
    return sums


def check_preconditions():
    if not settings.BACKUP_KEY:
        raise BackupImpossible(
            "BACKUP_KEY is not set, and a backup is never written in clear. manage.py new_key prints a key; "
            "keep a copy of it where this machine is not."
        )
    if waiting := dump.get_unapplied_migrations():
        name = waiting[0][0]
        raise BackupImpossible(
            f"The database is older than this version ({name.app_label}.{name.name} was not applied). Run manage.py "
            "migrate, or make the backup with the version that the database belongs to."
        )


@contextmanager
def open_partial_file(path):
    """A new file beside `path` for the length of the block, locked, readable by its owner alone."""
    remove_stale_files(path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    with open(part, "x+b", opener=partial(os.open, mode=0o600)) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield file
        finally:
            part.unlink(missing_ok=True)


def remove_stale_files(path):
    """Removes what backups of this name left that were killed: nobody holds their lock any more."""
    for part in path.parent.glob(f".{path.name}.*.part"):
        with open(part, "rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            part.unlink(missing_ok=True)


def write_archive(file, *, progress):
    sealed, sums = SealedWriter(file, key=settings.BACKUP_KEY[0]), Manifest()
    with snapshot(), tarfile.open(fileobj=sealed, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        migrations = dump.get_applied_migrations()
        models = dump.get_models_at(migrations)
        add_part(tar, sums, "about.json", encode_json(build_metadata(migrations, models)))
        add_part(
            tar,
            sums,
            "erasures",
            "".join(f"{one}\n" for one in erasures.parse_every_line(erasures.read_text())).encode(),
        )
        for name in progress(sorted(get_files_in_use())):
            add_stored_file(tar, sums, name)
        for table, model in models.items():
            sums.rows[table] = 0
            for number, (lines, count) in enumerate(dump.dump_rows(model)):
                add_part(tar, sums, f"rows/{table}/{number:06}", zlib.compress(lines, 6))
                sums.rows[table] += count
        write_part(tar, "sums.json", encode_json(sums.as_json()))
    sealed.finish()
    return sums


def build_metadata(migrations, models):
    head = Event.objects.head()
    return {
        "format": FORMAT_VERSION,
        "taken": timezone.now().isoformat(),
        "site": settings.SITE_URL,
        "audit": head.digest if head else "",
        "migrations": migrations,
        "columns": {table: [one.column for one in dump.get_stored_fields(model)] for table, model in models.items()},
    }


def encode_json(data):
    return json.dumps(data, ensure_ascii=False).encode()


def add_part(tar, sums, name, data):
    sums.parts[name] = hashlib.sha256(data).hexdigest()
    write_part(tar, name, data)


def write_part(tar, name, data):
    part = tarfile.TarInfo(name)
    part.size, part.mode = len(data), 0o600
    tar.addfile(part, io.BytesIO(data))


def add_stored_file(tar, sums, name):
    """Files never change, and at most 20 MB: one that was purged since the snapshot is left out, as it should be."""
    try:
        with default_storage.open(name) as stored:
            add_part(tar, sums, f"files/{name}", stored.read())
    except FileNotFoundError:
        sums.missing.append(name)


def get_recorded_erasures():
    """What the tables say was taken back; for restored databases and for what a crash kept from the file."""
    retracted = Release.objects.filter(action__in=ERASURE_KINDS).order_by("pk")
    for uid, action, at in retracted.values_list("uid", "action", "at"):
        yield erasures.Erasure(at, ERASURE_KINDS[action], str(uid))
    now = timezone.now()
    for row in Erasure.objects.values_list("pk", flat=True):
        yield erasures.Erasure(now, erasures.SUBSCRIBER, str(row))


# --- Reading ----------------------------------------------------------------------------------


def read_parts(file):
    """(name, bytes) of every part of an open backup, in their order; raises `UnreadableBackup`."""
    reader = SealedReader(file, keys=settings.BACKUP_KEY)
    try:
        with tarfile.open(fileobj=reader, mode="r|") as tar:
            for part in tar:
                yield part.name, tar.extractfile(part).read()
    except (tarfile.TarError, zlib.error, ValueError) as error:
        raise UnreadableBackup("Inside the file is no backup of this site.") from error
    while not reader.ended:  # the seal of the last block says that nothing is missing
        reader.read(1)


def verify_backup(file):
    """Reads all of an open backup and holds it against its own sums, which it returns."""
    found, told = Manifest(), None
    for name, data in read_parts(file):
        if name == "sums.json":
            told = json.loads(data)
            continue
        found.parts[name] = hashlib.sha256(data).hexdigest()
        if name == "about.json":
            found.rows = dict.fromkeys(json.loads(data)["columns"], 0)
        elif name.startswith("rows/"):
            lines = zlib.decompress(data).decode().split("\n")
            found.rows[name.split("/")[1]] += sum(isinstance(json.loads(line), list) for line in lines)
    if told != found.as_json():
        raise UnreadableBackup("The backup does not hold what it says it holds.")
    return found
