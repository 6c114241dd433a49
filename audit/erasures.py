"""Remembers, in a file beside the database, what was taken back for good, so that an older copy cannot undo it.

One line a deed: when, what, and the random number of the row or item. No title and no address stands in it.
The database knows the same, but may be the very thing that is lost. Not here: what is done with it when a copy
is brought back (`operations.backup.restore`).
"""

import os
import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

SUBSCRIBER, WITHDRAWN, PURGED = "subscriber", "withdrawn", "purged"
ERASURE_LINE = re.compile(rf"(\S+) ({SUBSCRIBER}|{WITHDRAWN}|{PURGED}) ([0-9a-f-]{{1,36}})")


@dataclass(frozen=True)
class Erasure:
    at: datetime
    what: str
    id: str

    def __str__(self):
        return f"{self.at.isoformat()} {self.what} {self.id}"


def get_erasures_path():
    return Path(settings.DATA_DIR) / "erasures"


def record_erasures(what, ids):
    """To be called in the transaction of the deed: the lines are on the disk once it is committed."""
    now = timezone.now()
    lines = [Erasure(now, what, str(one)) for one in ids]
    # The deed is done by then. A disk that takes no line must not make it look undone: the next backup writes it.
    transaction.on_commit(partial(append_erasures, lines), robust=True)


def append_erasures(erasures):
    if not erasures:
        return
    file = os.open(get_erasures_path(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(file).st_size
        broken = size > 0 and os.pread(file, 1, size - 1) != b"\n"  # a line that a crash cut short
        os.write(file, ("\n" * broken + "".join(f"{one}\n" for one in erasures)).encode())
        os.fsync(file)
    finally:
        os.close(file)


def parse_erasures(text):
    """The `Erasure`s of a file's text, each (what, id) once with its last moment; half a line says nothing."""
    found = {}
    for line in text.splitlines():
        if (match := ERASURE_LINE.fullmatch(line)) and (one := parse_erasure_line(*match.groups())):
            known = found.get((one.what, one.id))
            found[one.what, one.id] = max(one, known, key=lambda each: each.at) if known else one
    return list(found.values())


def parse_erasure_line(moment, what, number):
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return Erasure(at, what, number) if timezone.is_aware(at) else None


def read_erasures():
    return parse_erasures(get_erasures_path().read_text(errors="replace")) if get_erasures_path().exists() else []


def append_missing_erasures(known):
    """Adds those of `known`, which the database tells, that a crash or a full disk kept from the file."""
    there = {(one.what, one.id) for one in read_erasures()}
    append_erasures([one for one in known if (one.what, one.id) not in there])
