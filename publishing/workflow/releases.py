"""What a transition does besides the new status: releases are made, called off, taken back.

To be called by `state_machine.perform` alone, which holds the releases and the rows, and has judged.
Not here: who may and when (`transitions.py`), how content is destroyed (`purging.py`), what the public side makes of a
release (`entries.py`).
"""

import secrets

from django.db import models
from django.utils import timezone

from audit import erasures
from publishing.batches import in_batches
from publishing.document import Document, compute_digest
from publishing.item_log import OPERATOR
from publishing.models import Approval, Entry, Release
from publishing.publication import Publication, get_publication_model

from . import corrections, entries
from .approvals import get_approver, needs_second_person
from .state_machine import Change, group_by_model

Status = Publication.Status


def prefetch_for_documents(items):
    """Reads what hangs on the items in a few queries for all, where it is not there yet."""
    for model, mine in group_by_model(items).items():
        models.prefetch_related_objects(mine, *model.PREFETCH_RELATED)


# --- Publishing -------------------------------------------------------------------------------


def release_items(items, *, by, at=None, correction=None):
    """Releases working copies in their order; `at` (aware datetime) shows them from that moment on.

    `correction` maps languages to a sentence on what changed in meaning.
    """
    now = timezone.now()
    at = at if at and at > now else None
    for item in items:
        item.before_release(at=at)
    prefetch_for_documents(items)
    earlier, saves = corrections.get_correction_notes(items, now=now), get_last_saves(items)
    releases = [
        build_release(item, by=by, at=at, now=now, earlier=earlier.get(item.uid, []), correction=correction)
        for item in items
    ]
    for release in releases:
        release.last_save = saves.get(release.uid, 0)
    Release.objects.bulk_create(releases, batch_size=200)
    entries.write_plan([release.uid for release in releases])
    at = at and at.isoformat()
    for item in items:
        item.after_release(by=by, at=at)
    pairs = zip(items, releases, strict=True)
    return [Change(item, {"content": release.digest, "at": at}, release) for item, release in pairs]


def get_last_saves(items):
    """uid -> the number of its newest save in the history; a query for each batch."""
    found = {}
    for model, mine in group_by_model(items).items():
        for batch in in_batches(mine):
            uids = [item.uid for item in batch]
            saves = model.history.model.objects.filter(uid__in=uids).order_by().values_list("uid")
            found |= dict(saves.annotate(models.Max("history_id")))
    return found


def build_release(item, *, by, at, now, earlier, correction):
    """The unsaved `Release` of a working copy: its document with all dated corrections, and a salted digest."""
    notes = [*earlier, corrections.build_note(correction, at=at or now)] if correction else earlier
    document = Document(**{**vars(item.document()), "corrections": notes}).as_json()
    salt = secrets.token_hex(16)
    approver = get_approver(item) if needs_second_person(item) else None
    return Release(
        type=item.TYPE,
        uid=item.uid,
        situation=document["situation"],
        slug=document["slug"],
        document=document,
        salt=salt,
        digest=compute_digest(document, salt=salt),
        note=correction or {},
        at=now,
        by=str(by or OPERATOR),
        approved_by=str(approver or ""),
        visible_from=at,
    )


# --- Taking back ------------------------------------------------------------------------------


def unschedule_items(items, *, by):
    """Calls off what waits for its hour; what is public stays. What nobody could read yet is a draft again."""
    create_retractions(items, by=by, action=Release.Action.CANCEL)
    uids = [item.uid for item in items]
    entries.write_plan(uids)
    left = set(Entry.objects.filter(uid__in=uids).values_list("uid", flat=True))
    drafts = {item for item in items if item.status == Status.PUBLISHED and item.uid not in left}
    return [Change(item, state=Status.DRAFT if item in drafts else None) for item in items]


def withdraw_items(items, *, by, reason):
    """Takes items from every public place at once; a situation takes all its items with it.

    What was taken back comes back by a new decision only: approvals given before end.
    """
    gone = [one for item in items for one in [item, *hold_public_items_below(item)]]
    uids = [one.uid for one in gone]
    create_retractions(gone, by=by, action=Release.Action.WITHDRAW)
    Approval.objects.filter(uid__in=uids).delete()
    entries.write_plan(uids, emptied=[item.slug for item in items if item.TYPE == "situation"])
    erasures.record_erasures(erasures.WITHDRAWN, uids)
    return [Change(one, {"reason": reason[:500]}) for one in gone]


def limit_items(items, *, by, channels, until):
    """Lets what was released be seen in these channels alone, and at most until this moment (ISO, or nothing)."""
    limits = {"channels": channels, "until": until}
    create_retractions(items, by=by, action=Release.Action.LIMIT, limits=limits)
    entries.write_plan([item.uid for item in items])
    return [Change(item, limits) for item in items]


def create_retractions(items, *, by, action, limits=None):
    """The word, at the address of its last release, that something of each item was taken back."""
    last = {}
    for batch in in_batches(items):
        uids = [item.uid for item in batch]
        addresses = Release.objects.filter(uid__in=uids).order_by("pk").values_list("uid", "situation", "slug")
        last |= {uid: (situation, slug) for uid, situation, slug in addresses}
    rows = [(item, *last.get(item.uid, ("", item.slug))) for item in items]
    Release.objects.bulk_create(
        Release(
            type=item.TYPE,
            uid=item.uid,
            action=action,
            situation=situation,
            slug=slug,
            by=str(by or OPERATOR),
            limits=limits,
        )
        for item, situation, slug in rows
    )


def get_public_uids_below(item):
    """Type -> the uids of the public items of a situation; nothing for every other type."""
    if item.TYPE != "situation":
        return {}
    found = {}
    below = Entry.objects.filter(situation=item.slug).exclude(uid=item.uid).values_list("type", "uid").distinct()
    for kind, uid in below.order_by():
        found.setdefault(kind, []).append(uid)
    return found


def hold_public_items_below(item):
    """The working copies of those, with their rows held; one that has none any more is taken back all the same."""
    for kind, uids in get_public_uids_below(item).items():
        model = get_publication_model(kind)
        for batch in in_batches(uids):
            rows = model._default_manager.select_for_update().filter(uid__in=batch)
            found = {one.uid: one for one in rows.order_by("pk")}
            yield from [found.get(uid) or model(uid=uid) for uid in batch]
