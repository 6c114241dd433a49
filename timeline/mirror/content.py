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

from publishing.batches import QUERY_PARAMETERS, in_batches
from publishing.models import Entry, EntryFacet, PublishedFile, Release
from publishing.workflow.facet_counts import apply_count_changes, build_entry_facets, get_count_keys
from staff.signals import collect_answers
from timeline.signals import mirror_rows_requested

ORIGIN_ALIAS = "origin"


@contextmanager
def use_mirror_database(path):
    """For this thread and the length of the block, the database is a new file at `path`, filled as said above."""
    site, cache, own = connections["default"], caches["default"], create_database(path)
    connections[ORIGIN_ALIAS], connections["default"], caches["default"] = site, own, DummyCache("", {})
    try:
        create_tables(own)
        copy_content()
        yield
    finally:
        connections["default"], caches["default"] = site, cache
        del connections[ORIGIN_ALIAS]
        own.close()


def create_database(path):
    options = {"init_command": "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF"}
    parts = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}
    parts = connections.configure_settings({"default": parts})["default"]
    return load_backend(parts["ENGINE"]).DatabaseWrapper(parts, "default")


def create_tables(connection):
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)


# --- Content ----------------------------------------------------------------------------------


def copy_content():
    allowed = Entry.objects.using(ORIGIN_ALIAS).public(channel="mirror")
    copy_releases(allowed)
    uids = copy_entries(allowed)
    files = PublishedFile.objects.using(ORIGIN_ALIAS).public().iterator()
    PublishedFile.objects.bulk_create([file for file in files if file.uid in uids], batch_size=QUERY_PARAMETERS)
    for source in collect_answers(mirror_rows_requested, using=ORIGIN_ALIAS):
        for rows in in_batches(source):
            type(rows[0])._base_manager.bulk_create(rows)


def copy_releases(allowed):
    """The newest release of each item, and the first, whose number names it."""
    numbers = allowed.order_by().values_list("release", "number").distinct()
    for some in in_batches(sorted({number for pair in numbers for number in pair})):
        Release.objects.bulk_create(list(Release.objects.using(ORIGIN_ALIAS).filter(pk__in=some)))


def copy_entries(allowed):
    """Returns the items they belong to. No index of words goes with them: a copy cannot be searched."""
    counts, uids = Counter(), set()
    for entries in in_batches(allowed.order_by("pk").iterator(chunk_size=QUERY_PARAMETERS)):
        for entry in entries:
            entry.words = ""
        Entry.objects.bulk_create(entries)
        EntryFacet.objects.bulk_create(
            [label for entry in entries for label in build_entry_facets(entry)], batch_size=QUERY_PARAMETERS
        )
        for entry in entries:
            counts.update(dict.fromkeys(get_count_keys(entry), 1))
            uids.add(entry.uid)
    apply_count_changes(counts)
    return uids
