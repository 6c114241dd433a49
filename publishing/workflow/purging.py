"""How the content of an item is destroyed, wherever it is kept.

To be called by `state_machine.perform` alone, which holds the releases and the rows, and has judged.
Not here: how an item is taken from the public (`releases.py`).
"""

from django.db import OperationalError, connection

from audit import erasures
from audit.follow_ups import add_follow_ups, follows
from publishing.media.files import delete_files_later
from publishing.media.inventory import get_file_names
from publishing.models import Approval, Release

from .releases import create_retractions
from .state_machine import Change

WAL_PATIENCE = 200  # milliseconds


def purge_items(items, *, by):
    """Destroys the content of items: releases, history, files, working copy. Only that they were stays."""
    return [purge_item(item, by=by) for item in items]


def purge_item(item, *, by):
    names, traces = get_file_names(item), item.data_to_purge()
    item.before_purge()
    create_retractions([item], by=by, action=Release.Action.PURGE)
    Release.objects.all().empty(item.uid)
    Approval.objects.filter(uid=item.uid).delete()
    erasures.record_erasures(erasures.PURGED, [item.uid])
    item.delete()
    # After the row, since its deletion is itself remembered in the history with all its text.
    for remembered in traces:
        remembered.delete()
    delete_files_later(names)
    if connection.vendor == "sqlite":
        add_follow_ups("wal", [None])
    return Change(item)


@follows("wal")
def truncate_wal(_argument):
    """SQLite keeps what was written last in a file beside the database, words deleted since included. Raises
    `OperationalError` while a reader or a writer keeps it from being emptied: nobody waits for them."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (usual,) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {WAL_PATIENCE}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy, _frames, _moved = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {usual}")
    if is_busy:
        raise OperationalError("Others are reading what the journal still holds.")
