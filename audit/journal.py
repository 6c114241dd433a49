"""Files beside the database to which lines are added: a line is there whole, or as if it had never been written.

Not here: what the lines say (`erasures.py`, `newsletter.delivery.send_log`).
"""

import fcntl
import os


def append_lines(path, lines):
    """Adds lines to the file, which is made if need be; they are on the disk when this returns. Raises OSError."""
    is_new = not path.exists()
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = os.fstat(file).st_size
        is_cut = size > 0 and os.pread(file, 1, size - 1) != b"\n"  # by a crash: the next line is not glued to it
        write_whole(file, ("\n" * is_cut + "".join(f"{line}\n" for line in lines)).encode())
        os.fsync(file)
    finally:
        os.close(file)
    if is_new:
        fsync_folder(path.parent)


def write_whole(file, data):
    """Appends all of `data` to an open file, or nothing and raises: a full disk takes the beginning of what it is
    given."""
    size = os.fstat(file).st_size
    try:
        while data:
            data = data[os.write(file, data) :]
    except OSError:
        os.ftruncate(file, size)
        raise


def fsync_folder(folder):
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
