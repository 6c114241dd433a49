"""Looks in files for what must not be there: media, mail, logs, what lies about in DATA_DIR, temporary files, backups.

Not here: the database (`audit.py`), how a trace looks in bytes (`pii_scanners.py`).
"""

import os
import re
import stat
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from operations.backup.sealed_file import MAGIC
from publishing.media.inventory import get_files_in_use

from . import pii_scanners
from .audit import PrivacyFinding

STORED_NAME = re.compile(r"[0-9a-f]{40}\.(jpg|webp|avif|png|pdf)")
MAX_BYTES_READ = 64 * 1024 * 1024  # bytes of one picture that are looked at; our own are smaller
# Texts, as logs are, may be of any length; so many bytes are looked at together.
CHUNK_SIZE = 1024 * 1024
PLAIN_ARCHIVE = "archive that is not encrypted"
PLAIN_COPY_SIGNATURES = {
    b"SQLite format 3\0": "database that is not encrypted",
    b"PGDMP": "database dump that is not encrypted",
    b"-- PostgreSQL database dump": "database dump that is not encrypted",
    b"PRAGMA foreign_keys=OFF;": "database dump that is not encrypted",
    b"\x1f\x8b": PLAIN_ARCHIVE,
    b"PK\x03\x04": PLAIN_ARCHIVE,
    b"BZh": PLAIN_ARCHIVE,
    b"\xfd7zXZ\0": PLAIN_ARCHIVE,
    b"\x28\xb5\x2f\xfd": PLAIN_ARCHIVE,
}
SQLITE_SIDE_FILE = re.compile(r"-(wal|shm|journal)")


def read_head(path, *, most=MAX_BYTES_READ):
    with open(path, "rb") as file:
        return file.read(most)


def read_text_chunks(path):
    """All of a text file, piece by piece, cut where a line ends; bytes that are no text become signs that say so."""
    with open(path, "rb") as file:
        rest = b""
        while part := file.read(CHUNK_SIZE):
            whole, end, rest = (rest + part).rpartition(b"\n")
            if not end and len(rest) > CHUNK_SIZE:  # no text, or one without lines
                whole, rest = rest, b""
            yield whole.decode(errors="replace")
        yield rest.decode(errors="replace")


# --- Media ------------------------------------------------------------------------------------


def scan_media():
    """Files that we did not draw, that nothing names, or that tell more than their pixels."""
    try:
        folders, names = default_storage.listdir("")
    except FileNotFoundError:  # nothing was ever stored
        return
    known = get_files_in_use()  # asked after the list: a file is stored before a row names it
    for folder in folders:
        yield PrivacyFinding(f"media, {folder}/", "folder that this site never makes")
    for name in sorted(names):
        with default_storage.open(name) as file:
            data = file.read(MAX_BYTES_READ)
        yield from scan_stored_file(name, data, known)


def scan_stored_file(name, data, known):
    kinds = pii_scanners.scan_picture(data)
    if not STORED_NAME.fullmatch(name):
        yield PrivacyFinding("media, a file under a name of its own", "original of an upload")
    elif name not in known:
        yield PrivacyFinding(f"media, {name}", "file that nothing names, as a killed upload leaves (sweep_files)")
    if kinds is None and not data.startswith(b"%PDF-"):
        yield PrivacyFinding(f"media, {name if STORED_NAME.fullmatch(name) else 'a file'}", "neither picture nor PDF")
    for kind in kinds or ():
        yield PrivacyFinding(f"media, {name if STORED_NAME.fullmatch(name) else 'a file'}", kind)


# --- Files of the site ------------------------------------------------------------------------


def scan_data_folder(allowed, *, also=()):
    """Everything in DATA_DIR but the database, media and static files, and in further folders of logs and backups."""
    apart = {path.resolve() for path in (Path(settings.MEDIA_ROOT or "/nowhere"), Path(settings.STATIC_ROOT))}
    for folder in (Path(settings.DATA_DIR), *map(Path, also)):
        for path in sorted(walk_files(folder, apart=apart)):
            yield from scan_file(path, path.relative_to(folder), allowed)


def walk_files(folder, *, apart):
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if (Path(place) / name).resolve() not in apart]
        yield from (Path(place) / name for name in names if is_scanned(Path(place) / name))


def is_scanned(path):
    """Not the database itself, nor the keys of a trial, which are kept there on purpose."""
    live = str(settings.DATABASES["default"]["NAME"])
    is_live = str(path) == live or (str(path).startswith(live) and SQLITE_SIDE_FILE.fullmatch(str(path)[len(live) :]))
    kept = path.parent == Path(settings.DATA_DIR) and path.name.startswith("debug-")
    return path.is_file() and not path.is_symlink() and not is_live and not kept


def scan_file(path, name, allowed):
    try:
        for kind in sorted(find_kinds(path, allowed)):
            yield PrivacyFinding(str(name), kind)
    except OSError as error:
        yield PrivacyFinding(str(name), f"cannot be read ({error.strerror})")


def find_kinds(path, allowed):
    head = read_head(path, most=512)
    if head.startswith(MAGIC):
        is_open = stat.S_IMODE(path.stat().st_mode) & 0o077
        return {"backup that others on this machine may read"} if is_open else set()
    if kind := detect_plain_copy(head):
        return {kind}
    if pii_scanners.scan_picture(head) is not None:
        return pii_scanners.scan_picture(read_head(path))
    return {kind for text in read_text_chunks(path) for kind in pii_scanners.scan_text(text, allowed=allowed)}


def detect_plain_copy(data):
    if data[257:262] == b"ustar":
        return PLAIN_ARCHIVE
    return next((kind for begin, kind in PLAIN_COPY_SIGNATURES.items() if data.startswith(begin)), None)


# --- Temporary files --------------------------------------------------------------------------


def scan_temporary_folders():
    """Uploads that a crash left, and photographs: of the folder for temporary files only what is ours is looked at."""
    folders = {Path(tempfile.gettempdir()), Path(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir())}
    for folder in folders:
        for path in folder.iterdir():
            try:
                yield from scan_temporary_file(path)
            except OSError:  # gone since, or not for us
                continue


def scan_temporary_file(path):
    told = path.lstat()
    if not stat.S_ISREG(told.st_mode) or told.st_uid != os.geteuid():
        return
    if ".upload" in path.name:
        yield PrivacyFinding("temporary files", "upload that was left behind")
    elif told.st_size < MAX_BYTES_READ:
        with open(path, "rb") as file:
            is_picture = pii_scanners.scan_picture(file.read(16)) is not None
        if is_picture and pii_scanners.PICTURE_METADATA in (pii_scanners.scan_picture(read_head(path)) or ()):
            yield PrivacyFinding("temporary files", "photograph with metadata")
