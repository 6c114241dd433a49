"""This module knows which rooms keep something of an item beside its row, so that purging forgets none of it."""

from django.db import connection

KEEPERS = []


def keeps(function):
    """Registers `function(item) -> queryset` of what a room keeps about one item, to be deleted when it is purged."""
    KEEPERS.append(function)
    return function


def remains_of(item):
    return [keeper(item) for keeper in KEEPERS]


def empty_journal():
    """SQLite keeps what was written last in a file beside the database, words deleted since included."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
