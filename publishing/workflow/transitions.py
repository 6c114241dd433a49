"""The deeds that move a publication between desk and public. Nothing else changes a status.

Each deed is one transaction: the status, the release, the entries and the line in the audit log
happen together or not at all. `by` is a staff account, or None for an operator at the command line.
Whoever may not do a deed, or may not do it yet, gets `Refused` with sentences that say why.
"""

import secrets

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import erasures
from audit.chain import AuditRecord, record_all
from publishing.batches import in_batches
from publishing.document import Document, compute_digest
from publishing.models import Approval, Entry, PublishedFile, Release
from publishing.publication import Publication
from publishing.purge import truncate_wal
from publishing.screening import names

from . import corrections, entries
from .approvals import (
    compute_approval_digest,
    find_unallowed_names,
    get_all_authors,
    get_approver,
    get_recent_authors,
    needs_second_person,
)

OPERATOR = "operator"
Status = Publication.Status
# The words of the log, the same whatever language the desk speaks.
AUDIT_VERBS = {Release.Action.WITHDRAW: "withdrawn", Release.Action.PURGE: "purged"}


class TransitionRefused(Exception):
    """A deed that was not done; `reasons` are sentences for the person who asked."""

    def __init__(self, *reasons):
        self.reasons = [str(reason) for reason in reasons]
        super().__init__(" ".join(self.reasons))


# --- The deeds --------------------------------------------------------------------------------


@transaction.atomic
def submit(item, *, by=None):
    """Hands a draft in for review."""
    check_permission("submit", item, by=by, when={Status.DRAFT, Status.PUBLISHED, Status.WITHDRAWN, Status.APPROVED})
    record("submitted", item, by=by)
    item.move_to(Status.IN_REVIEW)


@transaction.atomic
def return_to_author(item, *, by, comment):
    """Gives a publication in review back as a draft; the comment is kept in the audit log."""
    check_permission("approve", item, by=by, when={Status.IN_REVIEW, Status.APPROVED})
    record("returned", item, by=by, comment=comment[:500])
    item.move_to(Status.DRAFT)


@transaction.atomic
def approve(item, *, by):
    """Binds the approval of one person to exactly this content. Nobody approves a text they worked on."""
    check_permission("approve", item, by=by, when={Status.IN_REVIEW})
    if by.pk in get_recent_authors(item):
        raise TransitionRefused(_("You worked on this text yourself. Somebody else has to approve it."))
    # Mending any of these afterwards would end the approval: better to hear of them now.
    if reasons := item.blockers():
        raise TransitionRefused(*reasons)
    seal = compute_approval_digest(item)
    record("approved", item, by=by, content=seal)
    Approval.objects.get_or_create(uid=item.uid, digest=seal, by=by)
    item.move_to(Status.APPROVED)


@transaction.atomic
def allow_names(item, *, by):
    """Lets the listed names that stand in exactly this content go out. Nobody does so for a text they ever wrote on."""
    check_permission("approve", item, by=by, when=set(Status))
    found = names.find_listed_names(item)
    if not found:
        raise TransitionRefused(_("It contains no name from the list."))
    if by.pk in get_all_authors(item):
        raise TransitionRefused(_("You worked on this text yourself. Somebody else has to decide about the name."))
    record("names-allowed", item, by=by, count=len({entry for entry, _words, _place in found}))
    seal = names.compute_names_digest(compute_approval_digest(item), found)
    Approval.objects.get_or_create(uid=item.uid, kind=Approval.Kind.NAMES, digest=seal, by=by)


@transaction.atomic
def reopen(item, *, by):
    """Makes a draft again of what was changed in review or after approval: nobody judged these words."""
    if item.status in {Status.IN_REVIEW, Status.APPROVED}:
        record("reopened", item, by=by)
        item.move_to(Status.DRAFT)


@transaction.atomic
def publish(item, *, by=None, at=None, correction=None):
    """Releases the working copy as it stands; returns the `Release`.

    `at` (aware datetime) in the future shows it from that moment on and leaves what is public until
    then. `correction` maps languages to a sentence on what changed in meaning.
    """
    check_permission("publish", item, by=by, when=set(Status))
    return publish_all([item], by=by, at=at, correction=correction)[0]


@transaction.atomic
def publish_all(items, *, by=None, at=None, correction=None):
    """Publishes many at once, all or none; raises `Refused` if anything stands in the way of one."""
    for reasons in [corrections.note_blockers(correction), *(reasons for _item, reasons in evaluate(items))]:
        if reasons:
            raise TransitionRefused(*reasons)
    return release_all(items, by=by, at=at, correction=correction)


@transaction.atomic
def publish_ready(items, *, by=None, correction=None):
    """Publishes those that nothing stands against; returns (releases, [(item, reasons)] of the others)."""
    if reasons := corrections.note_blockers(correction):
        raise TransitionRefused(*reasons)
    found = evaluate(items)
    ready = [item for item, reasons in found if not reasons]
    return release_all(ready, by=by, correction=correction), [(item, reasons) for item, reasons in found if reasons]


def evaluate(items):
    """Each item with what stands in its way; the list of names is read once for all."""
    over = names.get_name_matcher()
    if over:
        prefetch_for_documents(items)
    return [(item, blockers(item, over=over)) for item in items]


def release_all(items, *, by=None, at=None, correction=None):
    """Releases working copies that nothing stands against, in their order.

    The audit lines come first: writing them makes releases queue, so that their numbers follow their commits.
    """
    now = timezone.now()
    at = at if at and at > now else None
    prefetch_for_documents(items)
    earlier = corrections.get_correction_notes(items)
    releases = [
        build_release(item, by=by, at=at, now=now, earlier=earlier.get(item.uid, []), correction=correction)
        for item in items
    ]
    at = at and at.isoformat()
    pairs = zip(items, releases, strict=True)
    record_all([audit_entry("published", item, by=by, content=release.digest, at=at) for item, release in pairs])
    Release.objects.bulk_create(releases, batch_size=200)
    entries.write_entries(releases)
    update_status(items, Status.PUBLISHED)
    for item in items:
        item.after_release(by=by, at=at)
    return releases


def prefetch_for_documents(items):
    """Reads what hangs on the items in a few queries for all, where it is not there yet."""
    for model, mine in group_by_model(items).items():
        models.prefetch_related_objects(mine, *model.PREFETCH_RELATED)


def group_by_model(items):
    grouped = {}
    for item in items:
        grouped.setdefault(type(item), []).append(item)
    return grouped


def update_status(items, status):
    for model, mine in group_by_model(items).items():
        for batch in in_batches(mine):
            model._default_manager.filter(pk__in=[item.pk for item in batch]).update(status=status)
    for item in items:
        item.status = status


@transaction.atomic
def withdraw(item, *, by=None, reason):
    """Takes an item from every public place at once; a situation takes all its items with it."""
    check_permission("withdraw", item, by=by, when={Status.PUBLISHED, Status.IN_REVIEW, Status.APPROVED, Status.DRAFT})
    if not Entry.objects.filter(uid=item.uid).exists():
        raise TransitionRefused(_("This is not public, so there is nothing to withdraw."))
    items = [item, *get_public_items_below(item)]
    for one in items:
        create_retraction(one, by=by, action=Release.Action.WITHDRAW, reason=reason[:500])
        one.move_to(Status.WITHDRAWN)
    entries.withdraw_entries([one.uid for one in items])
    erasures.record_erasures(erasures.WITHDRAWN, [one.uid for one in items])
    return items


@transaction.atomic
def purge(item, *, by):
    """Destroys the content of a withdrawn item: releases, history, files, working copy. Only that it was stays."""
    check_permission("purge", item, by=by, when={Status.WITHDRAWN, Status.DRAFT})
    if Entry.objects.filter(uid=item.uid).exists():
        raise TransitionRefused(_("Withdraw it first: it is still public."))
    names, traces = get_file_names(item), item.data_to_purge()
    create_retraction(item, by=by, action=Release.Action.PURGE)
    Release.objects.all().empty(item.uid)
    Approval.objects.filter(uid=item.uid).delete()
    erasures.record_erasures(erasures.PURGED, [item.uid])
    item.delete()
    # After the row, since its deletion is itself remembered in the history with all its text.
    for remembered in traces:
        remembered.delete()
    transaction.on_commit(lambda: [default_storage.delete(name) for name in names])
    transaction.on_commit(truncate_wal, robust=True)


# --- What stands in the way -------------------------------------------------------------------


def check_permission(deed, item, *, by, when):
    """Refuses a deed for which the account has no right or the item not the status."""
    permission = f"{item._meta.app_label}.{deed}_{item._meta.model_name}"
    if by is not None and not (by.is_active and by.has_perm(permission)):
        raise TransitionRefused(_("Your role does not allow this."))
    # Two people may press at once: the row decides, not what was on their screens.
    locked = type(item)._default_manager.select_for_update().filter(pk=item.pk)
    item.status = locked.values_list("status", flat=True).get()
    if item.status not in when:
        raise TransitionRefused(_("This is not possible while its status is “%s”.") % item.get_status_display())


def blockers(item, *, over=None):
    """Every sentence that stands between this working copy and the public, as it is now.

    `over` is the `names.Watch` where many are judged.
    """
    reasons = content_blockers(item, over=over)
    if needs_second_person(item) and not get_approver(item):
        reasons.append(
            _("A second person, who did not work on this text, has to approve it first. An approval applies to "
              "exactly one wording: any change cancels it.")
        )  # fmt: skip
    return reasons


def content_blockers(item, *, over=None):
    """Those of them that are in the content itself."""
    return [str(reason) for reason in item.blockers()] + names.build_name_messages(
        find_unallowed_names(item, over=over)
    )


# --- Records ----------------------------------------------------------------------------------


def record(verb, item, *, by, **detail):
    return record_all([audit_entry(verb, item, by=by, **detail)])


def audit_entry(verb, item, *, by, **detail):
    return AuditRecord(f"{item.TYPE}.{verb}", by or OPERATOR, f"{item.TYPE}:{item.uid}", detail)


def build_release(item, *, by, at, now, earlier, correction):
    """The unsaved `Release` of a working copy: its document with all dated corrections, and a salted digest."""
    corrections = [*earlier, {"at": now.date().isoformat(), "note": correction}] if correction else earlier
    document = Document(**{**vars(item.document()), "corrections": corrections}).as_json()
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


def create_retraction(item, *, by, action, **detail):
    record(AUDIT_VERBS[action], item, by=by, **detail)
    last = Release.objects.of(item.uid).last()
    slug, situation = (last.slug, last.situation) if last else (item.slug, "")
    Release(type=item.TYPE, uid=item.uid, action=action, situation=situation, slug=slug, by=str(by or OPERATOR)).save()


def get_public_items_below(item):
    """The public items of a situation, each as its working copy; nothing for every other type."""
    if item.TYPE != "situation":
        return
    below = Entry.objects.filter(situation=item.slug).exclude(uid=item.uid).values_list("type", "uid").distinct()
    for kind, uid in below.order_by():
        yield get_publication_model(kind)._default_manager.get(uid=uid)


def get_file_names(item):
    """Every stored file that any release or the working copy of this item ever named."""
    names = set(PublishedFile.objects.filter(uid=item.uid).values_list("name", flat=True))
    return sorted(names | set(item.document().file_names()))


def get_files_in_use():
    """The names of all stored files that the public side or any working copy knows."""
    names = set(PublishedFile.objects.values_list("name", flat=True))
    for model in set(get_publication_types().values()):
        for item in model._default_manager.prefetch_related(*model.PREFETCH_RELATED).iterator(chunk_size=500):
            names.update(item.document().file_names())
    return names


def get_publication_types():
    """The word for each type of publication -> its model; they register by existing."""
    found, queue = {}, [Publication]
    while queue:
        model = queue.pop()
        queue += model.__subclasses__()
        if model.TYPE and not model._meta.abstract:
            found[model.TYPE] = model
    return found


def get_publication_model(kind):
    return get_publication_types()[kind]


def get_public_state(item):
    """ "draft", "scheduled", "public" or "withdrawn": where this item is, apart from any work in progress."""
    mine = Entry.objects.filter(uid=item.uid)
    if mine.public().exists():
        return "public"
    if mine.filter(visible_from__gt=timezone.now()).exists():
        return "scheduled"
    gone = Release.objects.of(item.uid).filter(models.Q(action=Release.Action.WITHDRAW)).exists()
    return "withdrawn" if gone else "draft"
