"""This module knows which entries the public side has: exactly those of the plan of each publication.

Nothing becomes public but through here. Not here: what is public when (`schedule.py`), how a document reads in one
language (`projection.py`), which files may be fetched (`published_files.py`).
"""

import time
from collections import Counter, defaultdict

from django.conf import settings
from django.db import connection, transaction

from publishing import signals
from publishing.batches import QUERY_PARAMETERS, in_batches
from publishing.document import Document
from publishing.models import Entry, EntryFacet, FacetCount, Release

from . import schedule
from .facet_counts import COUNTED_FIELDS, apply_count_changes, build_entry_facets, get_count_keys, recount_facets
from .projection import build_channel_fields, build_entry, render_fragment
from .published_files import write_files

# The columns of an entry that follow from the plan, and may change while its text stays as it was drawn.
PLANNED_FIELDS = (
    "number", "first_public", "changed", "visible_from", "visible_until", "in_newsletter", "in_feed", "in_card",
    "in_mirror",
)  # fmt: skip


# --- Writing ----------------------------------------------------------------------------------


@transaction.atomic
def write_plan(uids, *, emptied=()):
    """Makes entries, facets, counts and files of these publications what their releases say, in few queries.

    `emptied` are the slugs of situations in which nothing is left: what is not looked at need not be counted.
    """
    counts = Counter()
    if emptied:
        for model in (EntryFacet, Entry, FacetCount):
            model.objects.filter(situation__in=emptied).delete()
    for batch in in_batches(uids):
        write_batch(batch, counts)
    apply_count_changes(counts)
    signals.send_content_changed()


def write_batch(uids, counts, *, redraw=False):
    """Draws what is not there yet, or everything; what is there already only moves."""
    histories, within = schedule.read_histories(uids)
    planned = {}
    for mine in histories.values():
        planned |= plan_columns(mine, within=within)
    there = defaultdict(list)
    for entry in Entry.objects.filter(uid__in=uids).only("uid", "release", *PLANNED_FIELDS, *COUNTED_FIELDS).iterator():
        there[entry.release_id].append(entry)
    kept = {} if redraw else {pk: mine for pk, mine in there.items() if pk in planned and is_complete(mine)}
    delete_entries({pk: mine for pk, mine in there.items() if pk not in kept}, counts)
    move_entries([(entry, planned[pk]) for pk, mine in kept.items() for entry in mine], counts)
    draw_entries({pk: columns for pk, columns in planned.items() if pk not in kept}, counts)
    write_files(histories, planned, within=within)
    for batch in in_batches(find_items_of_moved(there, planned, histories)):
        write_batch(batch, counts)


def is_complete(entries):
    return {entry.language for entry in entries} == dict(settings.LANGUAGES).keys()


def plan_columns(releases, *, within):
    """Number of each standing release -> the columns of its entries that the plan decides."""
    shown, standing = schedule.plan(releases, within=within), schedule.get_standing(releases, within=within)
    published = [release for release in releases if release.action == Release.Action.PUBLISH]
    found = {}
    for release, begins, ends in standing:
        channels = set(release.channels or [])
        for limit in schedule.get_limits(release, releases):
            channels &= set(limit.limits["channels"])
        found[release.pk] = {
            # The first release names the item for good, whether anybody saw it or not.
            "number": published[0].pk,
            "first_public": shown[0].begins if shown else begins,
            "changed": begins,
            "visible_from": begins if release.visible_from or begins > release.at else None,
            "visible_until": ends,
            **build_channel_fields(channels),
        }
    return found


def find_items_of_moved(there, planned, histories):
    """The items of those situations whose beginning is not what it was: they begin with it."""
    for uid, mine in histories.items():
        if not mine or mine[0].type != "situation":
            continue
        begun = [columns["visible_from"] for pk, columns in planned.items() if pk in {one.pk for one in mine}]
        before = [entry.visible_from for one in mine for entry in there.get(one.pk, ())]
        if begun and begun[:1] != before[:1]:
            below = Entry.objects.filter(situation=mine[-1].slug).exclude(uid=uid)
            yield from below.order_by().values_list("uid", flat=True).distinct()


def draw_entries(planned, counts):
    """Writes the entries of these releases in every language of the site."""
    entries = []
    for release in Release.objects.filter(pk__in=planned).order_by("pk"):
        document = Document.from_json(release.document)
        for language, _label in settings.LANGUAGES:
            entry = build_entry(release, document, language=language, planned=planned[release.pk])
            entry.fragment = render_fragment(entry)
            entries.append(entry)
    Entry.objects.bulk_create(entries, batch_size=QUERY_PARAMETERS)
    facets = [facet for entry in entries for facet in build_entry_facets(entry)]
    EntryFacet.objects.bulk_create(facets, batch_size=QUERY_PARAMETERS)
    count_entries(entries, counts, by=1)


def delete_entries(by_release, counts):
    for entries in by_release.values():
        count_entries(entries, counts, by=-1)
    for batch in in_batches(by_release):
        EntryFacet.objects.filter(entry__in=Entry.objects.filter(release__in=batch)).delete()
        Entry.objects.filter(release__in=batch).delete()


def move_entries(wanted, counts):
    """Gives entries the columns that are wanted of them, many with the same ones at once."""
    moves = defaultdict(list)
    for entry, columns in wanted:
        if any(getattr(entry, name) != value for name, value in columns.items()):
            moves[tuple(columns.items())].append(entry)
    for columns, entries in moves.items():
        count_entries(entries, counts, by=-1)
        for entry in entries:
            vars(entry).update(columns)
        count_entries(entries, counts, by=1)
        moments = {name: value for name, value in columns if name in {"visible_from", "visible_until", "number"}}
        for batch in in_batches(entry.pk for entry in entries):
            Entry.objects.filter(pk__in=batch).update(**dict(columns))
            EntryFacet.objects.filter(entry__in=batch).update(**moments)


def count_entries(entries, counts, *, by):
    for entry in entries:
        counts.update(dict.fromkeys(get_count_keys(entry), by))


# --- Writing everything anew ------------------------------------------------------------------

REBUILD_BATCH = 15  # items that are drawn while nobody else can publish or withdraw: a fraction of a second
# Whoever waits for the lock of SQLite looks only every tenth of a second whether it is free.
REBUILD_PAUSE = 0.11  # seconds


def rebuild_entries():
    """Draws everything anew, in batches between which others come in; returns how many publications stand.

    Killed half-way it leaves what is public as it was. Counts that had gone wrong are right afterwards.
    """
    standing, last = 0, None
    while uids := write_next_batch(after=last):
        standing, last = standing + Entry.objects.filter(uid__in=uids).values("uid").distinct().count(), uids[-1]
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            time.sleep(REBUILD_PAUSE)
    recount_facets()
    signals.send_content_changed()
    return standing


@transaction.atomic
def write_next_batch(*, after):
    """Draws the publications that follow this one; returns them, none at the end."""
    Release.objects.hold()
    rest = Release.objects.filter(uid__gt=after) if after else Release.objects.all()
    uids = list(rest.order_by("uid").values_list("uid", flat=True).distinct()[:REBUILD_BATCH])
    counts = Counter()
    write_batch(uids, counts, redraw=True)
    apply_count_changes(counts)
    return uids
