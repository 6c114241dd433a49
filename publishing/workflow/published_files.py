"""This module knows which stored files the public may fetch: those of what is shown, for as long as it is.

Not here: how they are served (`timeline/serving/media.py`), when they are deleted (`purging.py`).
"""

from django.utils import timezone

from publishing.batches import QUERY_PARAMETERS, in_batches
from publishing.models import PublishedFile

from . import schedule

UPDATED_FIELDS = ["uid", "type", "visible_from", "visible_until", "gone"]


def write_files(histories, planned, *, within):
    """Makes the files of these publications what their plans say.

    `histories` maps uid to releases, `planned` the number of each standing release to the columns of its entries.
    """
    wanted = {}
    for releases in histories.values():
        wanted |= build_rows(releases, planned, shown=schedule.plan(releases, within=within))
    known = {name for releases in histories.values() for release in releases for name, _type in get_files(release)}
    there = {file.name: file for file in PublishedFile.objects.filter(uid__in=histories)}
    for name, file in there.items():
        if name not in known and has_been_fetchable(file):  # of what was purged since, no document tells any more
            wanted[name] = PublishedFile(name=name, uid=file.uid, type=file.type, gone=True)
    changed = [file for name, file in wanted.items() if name not in there or not is_same(file, there[name])]
    PublishedFile.objects.bulk_create(
        changed, QUERY_PARAMETERS, update_conflicts=True, unique_fields=["name"], update_fields=UPDATED_FIELDS
    )
    # Nobody could ever fetch what only a release that was called off carries: its address says nothing.
    for batch in in_batches(there.keys() - wanted.keys()):
        PublishedFile.objects.filter(pk__in=batch).delete()


def build_rows(releases, planned, *, shown):
    """Name -> `PublishedFile` for every file of one item that could be, can be or will be fetched."""
    rows = {}
    for release in releases:
        for name, kind in get_files(release) if release.pk in planned else ():
            columns = planned[release.pk]
            row = PublishedFile(name=name, uid=release.uid, type=kind, visible_from=columns["visible_from"])
            rows.setdefault(name, row).visible_until = columns["visible_until"]
    for release in [one.release for one in shown if one.release.pk not in planned]:
        for name, kind in get_files(release):
            row = rows.setdefault(name, PublishedFile(name=name, uid=release.uid, type=kind, gone=True))
            row.gone = row.gone or row.visible_from is not None
    return rows


def get_files(release):
    """(name, media type) of every stored file that goes out with a release as `schedule` reads it."""
    for picture in release.pictures or ():
        yield from ((rendition["name"], rendition["type"]) for rendition in picture["renditions"])
    yield from ((attachment["name"], "application/pdf") for attachment in release.attachments or ())


def has_been_fetchable(file):
    return file.gone or file.visible_from is None or file.visible_from <= timezone.now()


def is_same(file, other):
    return all(getattr(file, name) == getattr(other, name) for name in UPDATED_FIELDS)
