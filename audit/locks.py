"""Locks that have a name and last as long as the transaction: whoever else asks for one waits until its end.

Taken in this order and no other, so that no two can wait for each other: the releases, the rows of items, the log.
"""

from django.db import connection


def hold_lock(name):
    """Nothing to do on SQLite: a transaction there holds all that can be written from its first word on."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
