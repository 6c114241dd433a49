"""What has to go besides the row of a purged item: what other rooms keep of it, and SQLite's journal."""

from django.db import connection

from staff.signals import collect_answers

from .signals import related_data_requested


def get_related_data(item):
    """Querysets of everything that any room keeps about an item."""
    return collect_answers(related_data_requested, item=item)


def truncate_wal():
    """SQLite keeps what was written last in a file beside the database, words deleted since included."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
