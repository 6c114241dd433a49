"""Locks that have a name and last as long as the transaction: whoever else asks for one waits until its end.

Taken in this order and no other, so that no two can wait for each other: the desk, the releases, the rows of items,
the log.
"""

from contextlib import contextmanager

from django.db import connection, transaction


def hold_lock(name):
    """Nothing to do on SQLite: a transaction there holds all that can be written from its first word on."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


@contextmanager
def snapshot():
    """The database as it is at this moment, for as long as the block lasts, while others go on writing."""
    connection.ensure_connection()
    usual = getattr(connection, "transaction_mode", None)
    if connection.vendor == "sqlite":
        connection.transaction_mode = "DEFERRED"  # as ours do for writing, it would keep all writers waiting
    try:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = usual
