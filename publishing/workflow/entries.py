"""This module knows which entries the public side has: those of the newest release of each publication.

Nothing becomes public but through here. Not here: how a document reads in one language (`projection.py`).
"""

from collections import Counter

from django.conf import settings
from django.db import models, transaction

from publishing import signals
from publishing.document import Document
from publishing.models import Entry, EntryLabel, PublishedFile, Release, Tally

from .facet_counts import TALLIED, apply, labels_of, tallied
from .projection import draw, entry_of

BATCH = 500


# --- Writing and taking away ------------------------------------------------------------------


@transaction.atomic
def write(releases):
    """Makes the entries of `releases`, the newest release of each publication, and replaces those before.

    Entries of a release that becomes visible later stand beside the ones it will replace.
    """
    counts = Counter()
    for start in range(0, len(releases), BATCH):
        write_batch(releases[start : start + BATCH], counts)
    apply(counts)
    signals.tell()


def write_batch(releases, counts):
    uids = [release.uid for release in releases]
    end_old_entries(releases, counts)
    firsts = first_releases(uids)
    entries, labels = [], []
    for release in releases:
        document = Document.from_json(release.document)
        first = firsts[release.uid]
        for language, _label in settings.LANGUAGES:
            entry = entry_of(release, document, language=language, number=first.pk, first_public=first.public_since)
            entry.fragment = draw(entry)
            entries.append(entry)
    Entry.objects.bulk_create(entries, batch_size=BATCH)
    for entry in entries:
        labels += labels_of(entry)
        counts.update(dict.fromkeys(tallied(entry), 1))
    EntryLabel.objects.bulk_create(labels, batch_size=BATCH)
    open_files(releases)


def first_releases(uids):
    """uid -> the first release that brought it before the public, which names it for good."""
    firsts = {}
    for release in Release.objects.filter(uid__in=uids, deed=Release.Deed.PUBLISH).order_by("pk").defer("document"):
        firsts.setdefault(release.uid, release)
    return firsts


def end_old_entries(releases, counts):
    """Removes what the releases replace, or lets it end at the moment when the new release begins."""
    at_once = [release.uid for release in releases if not release.visible_from]
    remove(Entry.objects.filter(uid__in=at_once), counts)
    for release in releases:
        if release.visible_from:
            begun = Entry.objects.filter(uid=release.uid).public()
            remove(Entry.objects.filter(uid=release.uid).exclude(pk__in=begun.values("pk")), counts)
            hand_over(begun, counts, at=release.visible_from)


def hand_over(entries, counts, *, at):
    for entry in entries.filter(models.Q(visible_until=None) | models.Q(visible_until__gt=at)):
        counts.subtract(dict.fromkeys(tallied(entry), 1))
        entry.visible_until = at
        entry.save(update_fields=["visible_until"])
        entry.labels.update(visible_until=at)
        counts.update(dict.fromkeys(tallied(entry), 1))


def remove(entries, counts):
    for entry in entries.only(*TALLIED).iterator():
        counts.subtract(dict.fromkeys(tallied(entry), 1))
    entries.delete()


@transaction.atomic
def clear(uids):
    """Takes publications from the public side: their entries are deleted, their files answer 410."""
    counts = Counter()
    remove(Entry.objects.filter(uid__in=uids), counts)
    PublishedFile.objects.filter(uid__in=uids).update(gone=True)
    apply(counts)
    signals.tell()


@transaction.atomic
def rebuild():
    """Writes all entries anew from the releases that stand; returns how many releases those were."""
    Entry.objects.all().delete()
    Tally.objects.all().delete()
    standing = list(standing_releases())
    earlier = [before for release, before in standing if before]
    write(earlier)
    write([release for release, _before in standing])
    return len(standing)


def standing_releases():
    """(newest release, the one still shown before it) for each publication that was not withdrawn."""
    newest = Release.objects.values("uid").annotate(pk=models.Max("pk")).values("pk")
    for release in Release.objects.filter(pk__in=newest, deed=Release.Deed.PUBLISH).order_by("pk"):
        before = None
        if release.visible_from:
            before = Release.objects.of(release.uid).filter(pk__lt=release.pk).last()
        yield release, before if before and before.deed == Release.Deed.PUBLISH else None


# --- Files --------------------------------------------------------------------


def open_files(releases):
    """Lets the public fetch the files of these releases and no longer those of earlier ones."""
    rows = {}
    for release in releases:
        document = Document.from_json(release.document)
        types = {row["name"]: row["type"] for picture in document.pictures for row in picture.renditions}
        for name in document.file_names():
            kind = types.get(name, "application/pdf")
            rows[name] = PublishedFile(name=name, uid=release.uid, type=kind, visible_from=release.visible_from)
    close_files(releases, kept=rows)
    kept = set(PublishedFile.objects.filter(name__in=rows, gone=False).values_list("name", flat=True))
    # A file that is public already stays so while a later release that also carries it waits for its hour.
    fresh = [row for name, row in rows.items() if not (name in kept and row.visible_from)]
    PublishedFile.objects.bulk_create(fresh, update_conflicts=True, unique_fields=["name"], update_fields=UPDATED)


UPDATED = ["uid", "type", "visible_from", "visible_until", "gone"]


def close_files(releases, *, kept):
    """Files that only earlier releases carry are gone, at once or at the moment when the new release begins."""
    replaced = [release.uid for release in releases if not release.visible_from]
    PublishedFile.objects.filter(uid__in=replaced).exclude(name__in=kept).update(gone=True)
    for release in releases:
        if release.visible_from:
            earlier = PublishedFile.objects.filter(uid=release.uid, gone=False).exclude(name__in=kept)
            earlier.update(visible_until=release.visible_from)
