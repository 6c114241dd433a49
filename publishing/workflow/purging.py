"""How the content of an item is destroyed, wherever it is kept.

To be called by `state_machine.perform` alone, which holds the releases and the rows, and has judged.
Not here: how an item is taken from the public (`releases.py`).
"""

from django.core.files.storage import default_storage
from django.db import connection, transaction

from audit import erasures
from publishing.media.inventory import get_file_names
from publishing.models import Approval, Release

from .releases import create_retractions
from .state_machine import Change


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
    transaction.on_commit(lambda: [default_storage.delete(name) for name in names])
    transaction.on_commit(truncate_wal, robust=True)
    return Change(item)


def truncate_wal():
    """SQLite keeps what was written last in a file beside the database, words deleted since included."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
