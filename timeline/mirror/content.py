"""A small database of its own with nothing in it but what may be in copies of the site.

The mirror is drawn from it by the same views as the site. What nobody agreed to have copied is not hidden there,
it is absent: from every list, count and picture of months. Not here: the drawing (`build.py`).
"""

from collections import Counter
from contextlib import contextmanager

from django.apps import apps
from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache
from django.db import connections
from django.db.utils import load_backend

from publishing.models import Entry, EntryLabel, PublishedFile, Release
from publishing.workflow.facet_counts import apply, labels_of, tallied

ORIGIN = "origin"
BATCH = 500


# Rooms above this one add theirs when they start: functions from the alias of the site's database to unsaved rows.
SOURCES = []


@contextmanager
def in_place_of_the_site(path):
    """For this thread and the length of the block, the database is a new file at `path`, filled as said above."""
    site, cache, own = connections["default"], caches["default"], new_database(path)
    connections[ORIGIN], connections["default"], caches["default"] = site, own, DummyCache("", {})
    try:
        make_tables(own)
        fill()
        yield
    finally:
        connections["default"], caches["default"] = site, cache
        del connections[ORIGIN]
        own.close()


def new_database(path):
    options = {"init_command": "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF"}
    parts = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}
    parts = connections.configure_settings({"default": parts})["default"]
    return load_backend(parts["ENGINE"]).DatabaseWrapper(parts, "default")


def make_tables(connection):
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)


# --- Content ----------------------------------------------------------------------------------


def fill():
    allowed = Entry.objects.using(ORIGIN).public(channel="mirror")
    copy_releases(allowed)
    uids = copy_entries(allowed)
    files = PublishedFile.objects.using(ORIGIN).filter(gone=False).iterator()
    PublishedFile.objects.bulk_create([file for file in files if file.uid in uids], batch_size=BATCH)
    for source in SOURCES:
        for rows in batched(source(ORIGIN)):
            type(rows[0])._base_manager.bulk_create(rows)


def copy_releases(allowed):
    """The newest release of each item, and the first, whose number names it."""
    numbers = allowed.order_by().values_list("release", "number").distinct()
    for some in batched(sorted({number for pair in numbers for number in pair})):
        Release.objects.bulk_create(list(Release.objects.using(ORIGIN).filter(pk__in=some)))


def copy_entries(allowed):
    """Returns the items they belong to. No index of words goes with them: a copy cannot be searched."""
    counts, uids = Counter(), set()
    for entries in batched(allowed.order_by("pk").iterator(chunk_size=BATCH)):
        for entry in entries:
            entry.words = ""
        Entry.objects.bulk_create(entries)
        EntryLabel.objects.bulk_create([label for entry in entries for label in labels_of(entry)], batch_size=BATCH)
        for entry in entries:
            counts.update(dict.fromkeys(tallied(entry), 1))
            uids.add(entry.uid)
    apply(counts)
    return uids


def batched(rows):
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
