"""This module knows which entries the public side has: those of the newest release of each publication.

Nothing becomes public but through here. Not here: how a document reads in one language (`projection.py`).
"""

from collections import Counter

from django.conf import settings
from django.db import models, transaction

from publishing import signals
from publishing.batches import QUERY_PARAMETERS, in_batches
from publishing.document import Document
from publishing.models import Entry, EntryFacet, FacetCount, PublishedFile, Release

from .facet_counts import COUNTED_FIELDS, apply_count_changes, build_entry_facets, get_count_keys
from .projection import build_entry, render_fragment

# --- Writing and taking away ------------------------------------------------------------------


@transaction.atomic
def write_entries(releases):
    """Makes the entries of `releases`, the newest release of each publication, and replaces those before.

    Entries of a release that becomes visible later stand beside the ones it will replace.
    """
    counts = Counter()
    for batch in in_batches(releases):
        write_entry_batch(batch, counts)
    apply_count_changes(counts)
    signals.send_content_changed()


def write_entry_batch(releases, counts):
    uids = [release.uid for release in releases]
    end_old_entries(releases, counts)
    firsts = get_first_releases(uids)
    entries, labels = [], []
    for release in releases:
        document = Document.from_json(release.document)
        first = firsts[release.uid]
        for language, _label in settings.LANGUAGES:
            entry = build_entry(release, document, language=language, number=first.pk, first_public=first.public_since)
            entry.fragment = render_fragment(entry)
            entries.append(entry)
    Entry.objects.bulk_create(entries, batch_size=QUERY_PARAMETERS)
    for entry in entries:
        labels += build_entry_facets(entry)
        counts.update(dict.fromkeys(get_count_keys(entry), 1))
    EntryFacet.objects.bulk_create(labels, batch_size=QUERY_PARAMETERS)
    publish_files(releases)


def get_first_releases(uids):
    """uid -> the first release that brought it before the public, which names it for good."""
    firsts = {}
    for release in Release.objects.filter(uid__in=uids, action=Release.Action.PUBLISH).order_by("pk").defer("document"):
        firsts.setdefault(release.uid, release)
    return firsts


def end_old_entries(releases, counts):
    """Removes what the releases replace, or lets it end at the moment when the new release begins."""
    at_once = [release.uid for release in releases if not release.visible_from]
    delete_entries(Entry.objects.filter(uid__in=at_once), counts)
    for release in releases:
        if release.visible_from:
            begun = Entry.objects.filter(uid=release.uid).public()
            delete_entries(Entry.objects.filter(uid=release.uid).exclude(pk__in=begun.values("pk")), counts)
            schedule_entry_end(begun, counts, at=release.visible_from)


def schedule_entry_end(entries, counts, *, at):
    for entry in entries.filter(models.Q(visible_until=None) | models.Q(visible_until__gt=at)):
        counts.subtract(dict.fromkeys(get_count_keys(entry), 1))
        entry.visible_until = at
        entry.save(update_fields=["visible_until"])
        entry.facets.update(visible_until=at)
        counts.update(dict.fromkeys(get_count_keys(entry), 1))


def delete_entries(entries, counts):
    for entry in entries.only(*COUNTED_FIELDS).iterator():
        counts.subtract(dict.fromkeys(get_count_keys(entry), 1))
    entries.delete()


@transaction.atomic
def withdraw_entries(uids):
    """Takes publications from the public side: their entries are deleted, their files answer 410."""
    counts = Counter()
    delete_entries(Entry.objects.filter(uid__in=uids), counts)
    PublishedFile.objects.filter(uid__in=uids).update(gone=True)
    apply_count_changes(counts)
    signals.send_content_changed()


@transaction.atomic
def rewrite_entries(uid):
    """Writes the entries and files of one item anew from those of its releases that stand."""
    counts = Counter()
    delete_entries(Entry.objects.filter(uid=uid), counts)
    apply_count_changes(counts)
    files = PublishedFile.objects.filter(uid=uid)
    documents = Release.objects.of(uid).published().exclude(document=None).values_list("document", flat=True)
    known = {name for document in documents for name in Document.from_json(document).file_names()}
    # Nobody could ever fetch what only a release that was called off carries: its address says nothing.
    files.exclude(name__in=known).delete()
    files.update(gone=True, visible_until=None)
    for release, before in get_current_releases(uid=uid):
        write_entries([one for one in [before] if one])
        write_entries([release])
    signals.send_content_changed()


@transaction.atomic
def rebuild_entries():
    """Writes all entries anew from the releases that stand; returns how many releases those were."""
    Release.objects.hold()
    Entry.objects.all().delete()
    FacetCount.objects.all().delete()
    standing = list(get_current_releases())
    earlier = [before for release, before in standing if before]
    write_entries(earlier)
    write_entries([release for release, _before in standing])
    return len(standing)


def get_current_releases(**which):
    """(newest release, the one still shown before it) for each publication that was not withdrawn."""
    taken_back = [Release.Action.WITHDRAW, Release.Action.PURGE]
    later = Release.objects.filter(uid=models.OuterRef("uid"), pk__gt=models.OuterRef("pk"))
    standing = Release.objects.published().exclude(models.Exists(later.filter(action__in=taken_back)))
    newest = standing.filter(**which).order_by().values("uid").annotate(newest=models.Max("pk")).values("newest")
    for release in Release.objects.filter(pk__in=newest).order_by("pk"):
        before = None
        if release.visible_from:
            before = standing.filter(uid=release.uid, pk__lt=release.pk).order_by("pk").last()
        yield release, before


# --- Files --------------------------------------------------------------------


def publish_files(releases):
    """Lets the public fetch the files of these releases and no longer those of earlier ones."""
    rows = {}
    for release in releases:
        document = Document.from_json(release.document)
        types = {row["name"]: row["type"] for picture in document.pictures for row in picture.renditions}
        for name in document.file_names():
            kind = types.get(name, "application/pdf")
            rows[name] = PublishedFile(name=name, uid=release.uid, type=kind, visible_from=release.visible_from)
    retire_files(releases, kept=rows)
    kept = set(PublishedFile.objects.filter(name__in=rows, gone=False).values_list("name", flat=True))
    # A file that is public already stays so while a later release that also carries it waits for its hour.
    fresh = [row for name, row in rows.items() if not (name in kept and row.visible_from)]
    PublishedFile.objects.bulk_create(
        fresh, update_conflicts=True, unique_fields=["name"], update_fields=UPDATED_FIELDS
    )


UPDATED_FIELDS = ["uid", "type", "visible_from", "visible_until", "gone"]


def retire_files(releases, *, kept):
    """Files that only earlier releases carry are gone, at once or at the moment when the new release begins."""
    replaced = [release.uid for release in releases if not release.visible_from]
    PublishedFile.objects.filter(uid__in=replaced).exclude(name__in=kept).update(gone=True)
    for release in releases:
        if release.visible_from:
            earlier = PublishedFile.objects.filter(uid=release.uid, gone=False).exclude(name__in=kept)
            earlier.update(visible_until=release.visible_from)
