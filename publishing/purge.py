"""This module knows which rooms keep something of an item beside its row, so that purging forgets none of it."""

from django.db import connection

RELATED_DATA_SOURCES = []


def register_related_data(function):
    """Registers `function(item) -> queryset` of what a room keeps about one item, to be deleted when it is purged."""
    RELATED_DATA_SOURCES.append(function)
    return function


def get_related_data(item):
    return [keeper(item) for keeper in RELATED_DATA_SOURCES]


def truncate_wal():
    """SQLite keeps what was written last in a file beside the database, words deleted since included."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
