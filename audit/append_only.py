"""Lets the database itself refuse to change or delete rows of a table, whatever code asks for it.

The guards are triggers, made anew after every migration: Django changes a table on SQLite by writing it anew, which
drops its triggers without a word. Not here: which tables (`apps.py` of their rooms).
"""

from django.db import connections

SQLITE_GUARD = """
CREATE TRIGGER {table}_kept_{event} BEFORE {event} ON {table} WHEN NOT ({allowed})
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
POSTGRESQL_GUARD = """
CREATE OR REPLACE FUNCTION {table}_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF {allowed} THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE OR REPLACE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_kept();
CREATE OR REPLACE TRIGGER {table}_kept_whole BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_kept();
"""


def install_guard(model, *, using="default", allowed="FALSE"):
    """`allowed` is a condition over OLD and NEW, in the SQL of PostgreSQL, that an update may meet."""
    connection, table = connections[using], model._meta.db_table
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return
        remove_guard(model, using=using)
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_GUARD.format(table=table, allowed=allowed))
            return
        for event, condition in (("UPDATE", allowed), ("DELETE", "FALSE")):
            condition = condition.replace("IS NOT DISTINCT FROM", "IS")  # which older versions say so
            cursor.execute(SQLITE_GUARD.format(table=table, event=event, allowed=condition))


def remove_guard(model, *, using="default"):
    """For whoever empties a whole database, as the tests do."""
    connection, table = connections[using], model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP FUNCTION IF EXISTS {table}_kept() CASCADE")
        else:
            for event in ("UPDATE", "DELETE"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_kept_{event}")
