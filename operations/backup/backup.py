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
from audit.models import Event
from newsletter.models import Erasure
from publishing.models import Release
from publishing.workflow import transitions

from . import dump
from .sealed_file import Reader, Unreadable, Writer

FORMAT = 1
TAKEN_BACK = {Release.Deed.WITHDRAW: erasures.WITHDRAWN, Release.Deed.PURGE: erasures.PURGED}


class Impossible(Exception):  # a sentence for the person at the terminal
    """The backup cannot be made; nothing was written."""


@dataclass
class Sums:
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


def write(path, *, progress=iter):
    """Makes the backup `path`, replacing an older one only when it is whole and was read again; returns its `Sums`."""
    refuse_what_cannot_be()
    erasures.catch_up(known_to_database())
    path = Path(path).absolute()
    with own_file(path) as file:
        sums = fill(file, progress=progress)
        file.flush()
        os.fsync(file.fileno())
        with open(file.name, "rb") as again:
            if check(again).as_json() != sums.as_json():
                raise Unreadable("What was written is not what was read again.")
        os.rename(file.name, path)
        sync_folder(path.parent)
    return sums


def refuse_what_cannot_be():
    if not settings.BACKUP_KEY:
        raise Impossible(
            "BACKUP_KEY is not set, and a backup is never written in clear. manage.py new_key prints a key; "
            "keep a copy of it where this machine is not."
        )
    if waiting := dump.unapplied():
        name = waiting[0][0]
        raise Impossible(
            f"The database is older than this version ({name.app_label}.{name.name} was not applied). Run manage.py "
            "migrate, or make the backup with the version that the database belongs to."
        )


@contextmanager
def own_file(path):
    """A new file beside `path` for the length of the block, locked, readable by its owner alone."""
    sweep(path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    with open(part, "x+b", opener=partial(os.open, mode=0o600)) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield file
        finally:
            part.unlink(missing_ok=True)


def sweep(path):
    """Removes what backups of this name left that were killed: nobody holds their lock any more."""
    for part in path.parent.glob(f".{path.name}.*.part"):
        with open(part, "rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            part.unlink(missing_ok=True)


def sync_folder(folder):
    file = os.open(folder, os.O_RDONLY)
    os.fsync(file)
    os.close(file)


def fill(file, *, progress):
    sealed, sums = Writer(file, key=settings.BACKUP_KEY[0]), Sums()
    with dump.snapshot(), tarfile.open(fileobj=sealed, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        migrations = dump.applied()
        models = dump.models_at(migrations)
        add(tar, sums, "about.json", as_bytes(about(migrations, models)))
        add(tar, sums, "erasures", "".join(f"{one}\n" for one in erasures.remembered()).encode())
        for name in progress(sorted(transitions.files_in_use())):
            add_file(tar, sums, name)
        for table, model in models.items():
            sums.rows[table] = 0
            for number, (lines, count) in enumerate(dump.batches_of(model)):
                add(tar, sums, f"rows/{table}/{number:06}", zlib.compress(lines, 6))
                sums.rows[table] += count
        put(tar, "sums.json", as_bytes(sums.as_json()))
    sealed.finish()
    return sums


def about(migrations, models):
    head = Event.objects.head()
    return {
        "format": FORMAT,
        "taken": timezone.now().isoformat(),
        "site": settings.SITE_URL,
        "audit": head.digest if head else "",
        "migrations": migrations,
        "columns": {table: [one.column for one in dump.columns_of(model)] for table, model in models.items()},
    }


def as_bytes(data):
    return json.dumps(data, ensure_ascii=False).encode()


def add(tar, sums, name, data):
    sums.parts[name] = hashlib.sha256(data).hexdigest()
    put(tar, name, data)


def put(tar, name, data):
    part = tarfile.TarInfo(name)
    part.size, part.mode = len(data), 0o600
    tar.addfile(part, io.BytesIO(data))


def add_file(tar, sums, name):
    """Files never change, and at most 20 MB: one that was purged since the snapshot is left out, as it should be."""
    try:
        with default_storage.open(name) as stored:
            add(tar, sums, f"files/{name}", stored.read())
    except FileNotFoundError:
        sums.missing.append(name)


def known_to_database():
    """What the tables say was taken back; for restored databases and for what a crash kept from the file."""
    retracted = Release.objects.filter(deed__in=TAKEN_BACK).order_by("pk")
    for uid, deed, at in retracted.values_list("uid", "deed", "at"):
        yield erasures.Erasure(at, TAKEN_BACK[deed], str(uid))
    now = timezone.now()
    for row in Erasure.objects.values_list("pk", flat=True):
        yield erasures.Erasure(now, erasures.SUBSCRIBER, str(row))


# --- Reading ----------------------------------------------------------------------------------


def parts_of(file):
    """(name, bytes) of every part of an open backup, in their order; raises `Unreadable`."""
    reader = Reader(file, keys=settings.BACKUP_KEY)
    try:
        with tarfile.open(fileobj=reader, mode="r|") as tar:
            for part in tar:
                yield part.name, tar.extractfile(part).read()
    except (tarfile.TarError, zlib.error, ValueError) as error:
        raise Unreadable("Inside the file is no backup of this site.") from error
    while not reader.ended:  # the seal of the last block says that nothing is missing
        reader.read(1)


def check(file):
    """Reads all of an open backup and holds it against its own sums, which it returns."""
    found, told = Sums(), None
    for name, data in parts_of(file):
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
        raise Unreadable("The backup does not hold what it says it holds.")
    return found
