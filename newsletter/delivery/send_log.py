"""Remembers, on the disk of the sending machine, which mail is being handed over at this very moment.

The database says which deliveries a sender has claimed; it is told what became of them once a batch, which is
what makes sending quick. In between each step of each mail is appended here, one write before and one after.
A killed sender leaves its journal behind unlocked: whoever finds it knows of every claimed delivery whether it
was sent, not begun, or caught in between. Only the last is in doubt.
"""

import fcntl
import os
import secrets
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from audit.journal import write_whole

BOOT_ID_PATH = Path("/proc/sys/kernel/random/boot_id")


def get_log_folder():
    path = Path(settings.DATA_DIR) / "sending"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def read_boot_id():
    """Changes when the machine starts anew, after which the last writes may be missing from the disk."""
    return BOOT_ID_PATH.read_text().strip() if BOOT_ID_PATH.exists() else "unknown"


class SendLog:
    """The journal of one connection. `name` is what its claims are marked with; locked as long as it is open."""

    def __init__(self):
        self.name = secrets.token_hex(8)
        unnamed = get_log_folder() / f"{self.name}.new"
        self.path = unnamed.with_suffix(".journal")
        self.file = os.open(unnamed, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        fcntl.flock(self.file, fcntl.LOCK_EX)
        head = f"boot {read_boot_id()}\n".encode()
        write_whole(self.file, head)
        self.head = len(head)
        # Only now may others see it: a journal with this ending and without a lock is an abandoned one.
        unnamed.rename(self.path)

    def begin(self, delivery):
        write_whole(self.file, b"begun %d\n" % delivery)

    def end(self, delivery, outcome, code):
        write_whole(self.file, f"{outcome} {delivery} {code}\n".encode())

    def clear(self):
        """To be called once the database knows all that is written here."""
        os.ftruncate(self.file, self.head)

    def close(self):
        self.path.unlink(missing_ok=True)
        os.close(self.file)


def remove_unnamed_logs():
    """Removes what a sender left that was killed before its journal had a name."""
    for path in get_log_folder().glob("*.new"):
        if path.stat().st_mtime < time.time() - 3600:
            path.unlink(missing_ok=True)


def get_log_names():
    """The journals on this machine, of the living and the dead."""
    return {path.stem for path in get_log_folder().glob("*.journal")}


@contextmanager
def open_abandoned_logs():
    """Yields (name, `LoggedOutcomes`) of each journal whose sender died, and removes it once the block is done."""
    remove_unnamed_logs()
    found = []
    for path in get_log_folder().glob("*.journal"):
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:  # closed, or settled by another, since we looked
            continue
        if not try_lock(file):
            os.close(file)
            continue
        found.append((path, file))
    try:
        yield [(path.stem, parse_send_log(path)) for path, _file in found]
        for path, _file in found:
            path.unlink(missing_ok=True)
    finally:
        for _path, file in found:
            os.close(file)


def try_lock(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class LoggedOutcomes:
    """What an abandoned journal tells: `ended` maps deliveries to (outcome, code), `begun` are those in between.

    `is_whole` is False if the machine went down with the sender, so that what is missing proves nothing.
    """

    def __init__(self, *, is_whole):
        self.is_whole = is_whole
        self.ended = {}
        self.begun = set()

    def note(self, word, delivery, code):
        if word == "begun":
            self.begun.add(delivery)
        else:
            self.begun.discard(delivery)
            self.ended[delivery] = (word, code)


def parse_send_log(path):
    lines = path.read_bytes().decode(errors="replace").splitlines(keepends=True)
    ends = LoggedOutcomes(is_whole=bool(lines) and lines[0] == f"boot {read_boot_id()}\n")
    for line in lines[1:]:
        word, _space, rest = line.rstrip("\n").partition(" ")
        delivery, _space, code = rest.partition(" ")
        if line.endswith("\n") and delivery.isdigit():  # a half-written line says no more than its absence
            ends.note(word, int(delivery), code)
    return ends
