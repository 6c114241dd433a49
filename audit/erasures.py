"""Remembers, in a file beside the database, what was taken back for good, so that an older copy cannot undo it.

One line a deed: when, what, and the random number of the row or item, then a sum by which a line is known to be whole.
No title and no address stands in it. The database knows the same, but may be the very thing that is lost.
Not here: what is done with it when a copy is brought back (`operations.backup.restore`).
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from .follow_ups import add_follow_ups, follows
from .journal import append_lines

SUBSCRIBER, WITHDRAWN, PURGED = "subscriber", "withdrawn", "purged"
# Found wherever they stand: what a crash left of a line may be glued to the next.
ERASURE_LINE = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\dT[\d:.]{8,15}[+-]\d\d:\d\d) "
    rf"(?:(?P<row>{SUBSCRIBER}) (?P<number>\d+)"
    rf"|(?P<what>{WITHDRAWN}|{PURGED}) (?P<uid>[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}))"
    r"(?: (?P<sum>[0-9a-f]{8}))?(?!\S)"
)


@dataclass(frozen=True)
class Erasure:
    at: datetime
    what: str
    id: str

    def __str__(self):
        words = f"{self.at.isoformat()} {self.what} {self.id}"
        return f"{words} {compute_line_sum(words)}"


def compute_line_sum(words):
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def get_erasures_path():
    return Path(settings.DATA_DIR) / "erasures"


def record_erasures(what, ids):
    """To be called in the transaction of the deed: the lines are on the disk once it is committed, or soon after."""
    now = timezone.now()
    if lines := [str(Erasure(now, what, str(one))) for one in ids]:
        add_follow_ups("erasures", [lines])


@follows("erasures")
def append_recorded_lines(lines):
    append_lines(get_erasures_path(), lines)


def append_erasures(erasures):
    if erasures:
        append_lines(get_erasures_path(), map(str, erasures))


def parse_every_line(text):
    """Every `Erasure` of a file's text; half a line says nothing."""
    return [one for match in ERASURE_LINE.finditer(text) if (one := parse_erasure(match))]


def parse_erasures(text):
    """The same, each (what, id) once with its last moment."""
    found = {}
    for one in parse_every_line(text):
        known = found.get((one.what, one.id))
        found[one.what, one.id] = max(one, known, key=lambda each: each.at) if known else one
    return list(found.values())


def parse_erasure(match):
    try:
        at = datetime.fromisoformat(match["at"])
    except ValueError:
        return None
    one = Erasure(at, match["row"] or match["what"], match["number"] or match["uid"])
    # Lines of before have no sum; one that a crash cut short inside its sum says all that it had to say.
    return None if match["sum"] and not str(one).endswith(match["sum"]) else one


def read_erasures():
    return parse_erasures(read_text())


def read_text():
    """All that the file says; nothing where there is none."""
    return get_erasures_path().read_text(errors="replace") if get_erasures_path().exists() else ""


def append_missing_erasures(known):
    """Adds those of `known`, which the database tells, that a crash or a full disk kept from the file."""
    there = {(one.what, one.id) for one in read_erasures()}
    append_erasures([one for one in known if (one.what, one.id) not in there])
