"""The real site under the model's hands: its first state, the way back to it, and what is done to its items.

Every step is committed, as on a real site. Not here: which steps, and what has to come of them (`machine.py`).
"""

import csv
import datetime as dt
import io
import sqlite3
from contextlib import contextmanager

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from audit.models import Event
from publishing.workflow import transitions
from situations.models import Alert, Situation
from stories.models import SurvivorStory
from tests.support.factories import (
    make_organisation,
    make_situation,
    make_staff,
    make_story,
    make_update,
    save_item,
)
from tests.support.newsletter_fixtures import make_subscriber
from updates.models import Update

MODELS = {
    "north": Situation, "south": Situation,
    "alpha": Update, "bravo": Update, "carla": SurvivorStory, "delta": Alert,
}  # fmt: skip
SITUATION_OF = {"alpha": "north", "bravo": "south", "carla": "north", "delta": "south"}
NAME = "Сяргей Ціханчук"  # made up; it stands in an item while the model says so
SUBSCRIBERS = {"ana@example.org": "daily", "ben@example.org": "weekly"}


class Killed(BaseException):
    """The process is gone: nothing catches this."""


# --- The first state --------------------------------------------------------------------------


class CleanDatabase:
    """Puts the database back to how it was found, in milliseconds."""

    def __init__(self):
        self.is_sqlite = connection.vendor == "sqlite"
        connection.ensure_connection()
        if self.is_sqlite:
            self.copy = sqlite3.connect(":memory:")
            connection.connection.backup(self.copy)
        else:
            with connection.cursor() as cursor:
                self.empty = [
                    table for table in connection.introspection.table_names(cursor) if is_empty(cursor, table)
                ]

    def restore(self):
        if self.is_sqlite:
            self.copy.backup(connection.connection)
        else:
            tables = ", ".join(map(connection.ops.quote_name, self.empty))
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")  # the guards of the log step aside
                cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        ContentType.objects.clear_cache()


def is_empty(cursor, table):
    cursor.execute(f"SELECT NOT EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})")  # noqa: S608
    return cursor.fetchone()[0]


def make_first_state(*, alert_ends):
    """Two public situations, four drafts, two people, two subscribers; name -> uid."""
    author, second = make_staff("author"), make_staff("second")
    make_organisation()
    north, south = (make_situation(name, title_en=f"{name}v1") for name in ("north", "south"))
    made = [
        north,
        south,
        make_update("alphav1", situation=north, slug="alpha", summary_en="Gemeinwort.", by=author),
        make_story("carlav1", situation=north, slug="carla", title_en="carlav1", summary_en="Gemeinwort.", by=author),
        save_item(Alert(sentence_en="deltav1", slug="delta", situation=south, ends=alert_ends), by=author),
    ]
    for address, frequency in SUBSCRIBERS.items():
        make_subscriber(address, frequency=frequency)
    return {"author": author, "second": second}, {item.slug: item.uid for item in made}


# --- What is done -----------------------------------------------------------------------------


def get_copy(name, uids):
    return MODELS[name].objects.get(uid=uids[name])


def write_words(item, mark, *, by, file="", has_name=False):
    """Saves other words, as the form of the desk does: what was in review is a draft again."""
    text = f"{mark} {NAME}" if has_name else mark
    if isinstance(item, Alert):
        item.sentence_en = text
    else:
        item.title_en = text
    if isinstance(item, SurvivorStory):
        item.original_title = text
    if isinstance(item, Update):
        item.picture, item.picture_decorative = build_picture(file), True
    item.version += 1
    save_item(item, by=by)
    transitions.reopen(item, by=by)


def build_picture(file):
    if not file:
        return None
    if not default_storage.exists(file):
        default_storage.save(file, ContentFile(b"pixels"))
    return {"renditions": [{"name": file, "type": "image/jpeg", "width": 1, "height": 1}], "width": 1, "height": 1}


def build_sheet(mark, *, situation="south", summary="Gemeinwort."):
    out = io.StringIO()
    row = {"situation": situation, "language": "en", "title": mark, "date": "2020-08-14", "summary": summary}
    writer = csv.DictWriter(out, fieldnames=list(row))
    writer.writeheader()
    writer.writerow(row)
    return out.getvalue().encode()


# --- How a process ends -----------------------------------------------------------------------


@contextmanager
def killed_at(statement):
    """The process is killed before its so manieth statement reaches the database; None: right after its commit."""
    if statement is None:
        with transaction.atomic():
            transaction.on_commit(die)
            yield
        return
    left = [statement]

    def count(execute, sql, params, many, context):
        left[0] -= 1
        if left[0] < 0:
            die()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


def die():
    raise Killed


def count_lines():
    """Of the log: no deed without its line, no line without its deed."""
    return Event.objects.count()


def dump_public_tables():
    """What the public side reads, without the numbers of its rows and without what is drawn from it."""
    return {
        name: sorted(
            repr([(key, value) for key, value in sorted(row.items()) if key not in {"id", "entry_id"}])
            for row in apps.get_model(name).objects.values()
        )
        for name in ("publishing.Entry", "publishing.EntryFacet", "publishing.FacetCount", "publishing.PublishedFile")
    }


def start_clock():
    return dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
