"""The whole database as rows of JSON, and back: the same on SQLite and PostgreSQL, so that either can read the other.

Rows are read and written by the models as they were at the migrations of the copy, past the managers and cleaning
of today's. Not here: where the rows are kept (`backup.py`, `restore.py`).
"""

import base64
import datetime as dt
import json
from contextlib import contextmanager

from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.duration import duration_iso_string

from publishing.batches import in_batches

BATCH_SIZE = 500
# Who is logged in and who tried to be: brought back, it would open the desk to a stolen cookie.
# What had yet to follow a deed is of the moment, and was done since.
EXCLUDED_TABLES = {"staff_session", "django_session", "staff_attempt", "audit_followup"}


class IncompatibleBackup(Exception):  # a sentence for the person at the terminal
    """The copy and this version of the software do not fit together."""


# --- What there is ----------------------------------------------------------------------------


def get_applied_migrations():
    """The migrations of the database as sorted [app, name]."""
    return sorted(map(list, MigrationExecutor(connection).loader.applied_migrations))


def get_unapplied_migrations():
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def get_models_at(migrations):
    """table -> model, as these migrations ([app, name]) make them; raises `IncompatibleBackup` for an unknown one."""
    loader = MigrationExecutor(connection).loader
    state = loader.project_state(get_leaf_migrations(migrations, loader))
    found = state.apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model for model in found if is_dumped(model)}


def is_dumped(model):
    return model._meta.managed and not model._meta.proxy and model._meta.db_table not in EXCLUDED_TABLES


def get_leaf_migrations(migrations, loader):
    """The last migration of each app among these."""
    known = {tuple(one) for one in migrations}
    strangers = sorted(known - loader.graph.nodes.keys() - get_replaced_migrations(loader))
    if strangers:
        raise IncompatibleBackup(
            f"The migration {'.'.join(strangers[0])} is not known here: the data belong to a newer version of this "
            "software."
        )
    return [
        node
        for node in sorted(known & loader.graph.nodes.keys())
        if not any(child.key in known and child.key[0] == node[0] for child in loader.graph.node_map[node].children)
    ]


def get_replaced_migrations(loader):
    return {old for migration in loader.disk_migrations.values() for old in migration.replaces}


def get_stored_fields(model):
    return [field for field in model._meta.local_concrete_fields if not field.generated]


# --- Out of the database ----------------------------------------------------------------------


def dump_rows(model):
    """The rows of a model as lines of JSON, many at a time: (bytes, how many)."""
    names = [field.attname for field in get_stored_fields(model)]
    lines = []
    for row in model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=BATCH_SIZE):
        lines.append(json.dumps(row, default=encode_value, ensure_ascii=False, separators=(",", ":")))
        if len(lines) == BATCH_SIZE:
            yield "\n".join(lines).encode(), BATCH_SIZE
            lines = []
    if lines:
        yield "\n".join(lines).encode(), len(lines)


def encode_value(value):
    """What JSON has no word for, as text that the field of its column reads."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return duration_iso_string(value)
    return str(value)


# --- Into the database ------------------------------------------------------------------------


@contextmanager
def replace_database():
    """One transaction in which tables may be dropped and made anew; undone as a whole if anything fails."""
    connection.ensure_connection()
    is_off = connection.disable_constraint_checking()  # on SQLite only possible before the transaction begins
    try:
        with transaction.atomic(durable=True):
            yield
    finally:
        if is_off:
            connection.enable_constraint_checking()
        ContentType.objects.clear_cache()


def recreate_tables(migrations):
    """Drops every table and makes those of these migrations, empty; returns table -> model."""
    models = get_models_at(migrations)
    drop_tables()
    executor = MigrationExecutor(connection)
    executor.migrate(get_leaf_migrations(migrations, executor.loader))
    with connection.cursor() as cursor:
        # Rows that migrations write are in the copy as well.
        for table in models:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # a row may come before the one it names
    return models


def drop_tables():
    with connection.cursor() as cursor:
        for table in list_tables(cursor):
            cascade = " CASCADE" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)}{cascade}")


def list_tables(cursor):
    """On SQLite the virtual ones first: they drop the tables they are kept in."""
    if connection.vendor == "postgresql":
        return connection.introspection.table_names(cursor)
    cursor.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        "ORDER BY sql NOT LIKE 'CREATE VIRTUAL%'"
    )
    return [name for (name,) in cursor.fetchall()]


def insert_rows(model, lines):
    """Writes rows as `dump_rows` gave them, exactly as they were; returns how many."""
    fields = get_stored_fields(model)
    rows = [prepare_row(fields, json.loads(line)) for line in lines.decode().split("\n")]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    place = f"({', '.join(['%s'] * len(fields))})"
    begin = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608
    size = max(1, (connection.features.max_query_params or 10_000) // len(fields))
    with connection.cursor() as cursor:
        for some in in_batches(rows, size=size):
            cursor.execute(begin + ", ".join([place] * len(some)), [value for row in some for value in row])
    return len(rows)


def prepare_row(fields, values):
    return [
        None if value is None else field.get_db_prep_value(field.to_python(value), connection)
        for field, value in zip(fields, values, strict=True)
    ]


def finish_tables(models):
    """After the last row: numbers go on where they were, and every reference leads somewhere."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models.values())):
            cursor.execute(statement)
    connection.check_constraints()
