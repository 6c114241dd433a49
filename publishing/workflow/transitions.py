"""The table of what may happen to a publication, from draft to public and back.

Buttons, list actions, pages, rights and commands read it. Below it, the same as functions.
Not here: how a transition is performed (`state_machine.py`), what is released and taken back (`releases.py`)
and destroyed (`purging.py`), the words on the desk's pages (`desk/transitions/`).
"""

from django.db.models import ProtectedError
from django.db.models.deletion import Collector
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from publishing.models import Approval, Entry
from publishing.publication import Publication
from publishing.screening import names

from . import corrections, purging, releases
from .approvals import (
    compute_approval_digest,
    end_approvals,
    end_other_approvals,
    find_doubts_about,
    find_unallowed_names,
    get_all_authors,
    get_approver,
    get_recent_authors,
    needs_second_person,
)
from .state_machine import (  # noqa: F401 (whoever performs one may be refused)
    Change,
    Transition,
    TransitionRefused,
    perform,
    perform_all,
    perform_possible,
)

Status = Publication.Status
MAX_NAMED = 5

UNREAD_NAMES = _(
    "The list of names never to be published cannot be checked: the server lacks the key it was made with "
    "(NAMES_KEYS). Nothing can be published until that key is back or those entries are deleted."
)

# --- Why not, and what else happens ------------------------------------------------------------


def find_content_blockers(items):
    """For each item, what in its content keeps it from the public; the list of names is read once for all."""
    over = names.get_name_matcher()
    if over:
        releases.prefetch_for_documents(items)
    unread = [UNREAD_NAMES] if names.count_names_without_key() else []
    return [
        [*unread, *item.blockers(), *names.build_name_messages(find_unallowed_names(item, over=over))] for item in items
    ]


def find_own_blockers(items):
    """The same without the listed names. Mending any of these would end an approval: better to hear of them before."""
    return [list(item.blockers()) for item in items]


def require_second_person(item, *, by):
    if needs_second_person(item) and not get_approver(item):
        yield _(
            "A second person, who did not work on this text, has to approve it first. An approval applies to "
            "exactly one wording: any change cancels it."
        )


def refuse_own_work(item, *, by):
    authors = get_recent_authors(item)
    if by.pk in authors:
        yield _("You worked on this text yourself. Somebody else has to approve it.")
    yield from find_doubts_about(by, authors=authors)


def approve_items(items, *, by):
    """Binds the approval of one person to exactly this content."""
    digests = {item: compute_approval_digest(item) for item in items}
    for item, digest in digests.items():
        Approval.objects.get_or_create(uid=item.uid, digest=digest, by=by)
    return [Change(item, {"content": digest}) for item, digest in digests.items()]


def return_items(items, *, by, comment):
    """The author reads the comment, which the log keeps."""
    end_approvals(items)
    return [Change(item, {"comment": comment[:500]}) for item in items]


def reopen_items(items, *, by):
    """The same words typed anew are judged anew."""
    end_approvals(items)
    return [Change(item) for item in items]


def release_items(items, *, by, **answers):
    changes = releases.release_items(items, by=by, **answers)
    end_other_approvals(items)
    return changes


def unschedule_items(items, *, by):
    """Who wanted it to go out at that hour no longer wants it to."""
    changes = releases.unschedule_items(items, by=by)
    end_approvals(items)
    return changes


def require_names_of_others(item, *, by):
    if not names.find_listed_names(item):
        yield _("It contains no name from the list.")
    elif by.pk in get_all_authors(item):
        yield _("You worked on this text yourself. Somebody else has to decide about the name.")
    else:
        yield from find_doubts_about(by, authors=get_all_authors(item))


def allow_names_in_items(items, *, by):
    """Lets the listed names that stand in exactly this content go out."""
    return [allow_names_in(item, found=names.find_listed_names(item), by=by) for item in items]


def allow_names_in(item, *, found, by):
    digest = names.compute_names_digest(compute_approval_digest(item), found)
    Approval.objects.get_or_create(uid=item.uid, kind=Approval.Kind.NAMES, digest=digest, by=by)
    return Change(item, {"count": len({entry for entry, _words, _place in found})})


def check_correction(*, correction=None):
    return corrections.note_blockers(correction)


def check_appointment(*, at, correction=None):
    past = at <= timezone.now()
    reasons = [_("That time has passed. Choose a later time, or publish now.")] if past else []
    return reasons + check_correction(correction=correction)


def require_appointment(item, *, by):
    if not Entry.objects.filter(uid=item.uid, visible_from__gt=timezone.now()).exists():
        yield _("It waits for no moment.")


def find_items_left_alone(items):
    """An item is public with its situation alone: such an appointment can be called off by withdrawing it."""
    for item in items:
        is_public = Entry.objects.public().filter(uid=item.uid).exists()
        left = not is_public and releases.get_public_uids_below(item)
        yield (
            [_("Items in it are public or scheduled. Withdraw it instead: they are withdrawn with it.")] if left else []
        )


def require_public(item, *, by):
    if not Entry.objects.filter(uid=item.uid).exists():
        yield _("This is not public, so there is nothing to withdraw.")


def require_not_public(item, *, by):
    if Entry.objects.filter(uid=item.uid).exists():
        yield _("Withdraw it first: it is still public.")


def find_protectors(items):
    return [list(name_protectors(item)) for item in items]


def name_protectors(item):
    """What cannot be without the item, such as the items of a situation."""
    try:
        Collector("default").collect([item])
    except ProtectedError as error:
        named = sorted(map(str, error.protected_objects))
        shown = [*named[:MAX_NAMED], *(["…"] if named[MAX_NAMED:] else [])]
        yield _("Delete these permanently first: %s.") % pgettext("between names", ", ").join(shown)


# --- The table --------------------------------------------------------------------------------

DRAFT, IN_REVIEW, APPROVED, PUBLISHED, WITHDRAWN = Status
PUBLISHING = {
    "right": "publish",
    "verb": "published",
    "sources": tuple(Status),
    "target": PUBLISHED,
    "guard": require_second_person,
    "blockers": find_content_blockers,
    "effect": release_items,
    "makes_releases": True,
}
TABLE = [
    Transition(
        "submit", _("Submit for review"), right="submit", verb="submitted",
        sources=(DRAFT, PUBLISHED, WITHDRAWN), target=IN_REVIEW,
    ),
    Transition(
        "approve", _("Approve"), right="approve", verb="approved",
        sources=(IN_REVIEW,), target=APPROVED,
        guard=refuse_own_work, blockers=find_own_blockers, effect=approve_items,
    ),
    Transition(
        "return", _("Return with a comment"), right="approve", verb="returned", answers=("comment",),
        sources=(IN_REVIEW, APPROVED), target=DRAFT, effect=return_items,
    ),
    Transition(
        "allow-names", _("Allow the listed name"), right="approve", verb="names-allowed", is_dangerous=True,
        sources=tuple(Status), guard=require_names_of_others, effect=allow_names_in_items,
    ),
    # Follows from a save: what was changed in review or after approval was judged by nobody.
    Transition(
        "reopen", "", right="", verb="reopened", sources=(IN_REVIEW, APPROVED), target=DRAFT, effect=reopen_items,
    ),
    Transition("publish", _("Publish"), answers=("correction",), check=check_correction, **PUBLISHING),
    Transition("schedule", _("Publish at …"), answers=("at", "correction"), check=check_appointment, **PUBLISHING),
    Transition(
        "unschedule", _("Cancel the schedule"), right="publish", verb="unscheduled", makes_releases=True,
        sources=tuple(Status), guard=require_appointment, blockers=find_items_left_alone,
        effect=unschedule_items,
    ),
    # Follows where a name in it was listed that may never be published: to stop it, nobody's right is asked.
    Transition(
        "hold", "", right="", verb="unscheduled", makes_releases=True, sources=tuple(Status),
        guard=require_appointment, blockers=find_items_left_alone, effect=unschedule_items,
    ),
    Transition(
        "withdraw", _("Withdraw"), right="withdraw", verb="withdrawn", answers=("reason",),
        sources=(DRAFT, IN_REVIEW, APPROVED, PUBLISHED), target=WITHDRAWN,
        guard=require_public, effect=releases.withdraw_items, makes_releases=True, is_dangerous=True,
    ),
    # Both follow from a consent that was narrowed or is gone: that less is seen at once, nobody has to agree to.
    Transition(
        "limit", "", right="", verb="limited", answers=("channels", "until"), sources=tuple(Status),
        guard=require_public, effect=releases.limit_items, makes_releases=True,
    ),
    Transition(
        "end-consent", "", right="", verb="withdrawn", answers=("reason",), sources=tuple(Status), target=WITHDRAWN,
        guard=require_public, effect=releases.withdraw_items, makes_releases=True,
    ),
    Transition(
        "purge", _("Delete permanently"), right="purge", verb="purged",
        sources=(WITHDRAWN, DRAFT), guard=require_not_public, blockers=find_protectors,
        effect=purging.purge_items, makes_releases=True, is_dangerous=True,
    ),
]  # fmt: skip
TRANSITIONS = {transition.name: transition for transition in TABLE}

RIGHT_LABELS = {
    "submit": "Can hand in {} for review",
    "approve": "Can approve {}",
    "publish": "Can publish {}",
    "withdraw": "Can withdraw {}",
    "purge": "Can purge {}",
    "translate": "Can translate {}",
}


def get_transition_permissions(model, name):
    """The rights that `staff.roles` hands out for one kind of publication: those of the table, and translating."""
    rights = dict.fromkeys([*(one.right for one in TABLE if one.right), "translate"])
    return [(f"{right}_{model}", RIGHT_LABELS[right].format(name)) for right in rights]


# --- The same as functions --------------------------------------------------------------------


def submit(item, *, by=None):
    perform(item, TRANSITIONS["submit"], by=by)


def approve(item, *, by):
    perform(item, TRANSITIONS["approve"], by=by)


def return_to_author(item, *, by, comment):
    perform(item, TRANSITIONS["return"], by=by, comment=comment)


def allow_names(item, *, by):
    perform(item, TRANSITIONS["allow-names"], by=by)


def reopen(item, *, by):
    if TRANSITIONS["reopen"].is_possible_from(item):
        perform(item, TRANSITIONS["reopen"], by=by)


def publish(item, *, by=None, at=None, correction=None):
    """Releases the working copy, now or from a moment to come on; returns the `Release`."""
    return publish_all([item], by=by, at=at, correction=correction)[0]


def publish_all(items, *, by=None, at=None, correction=None):
    """Publishes many at once, all or none; returns their releases."""
    transition, when = (TRANSITIONS["schedule"], {"at": at}) if at else (TRANSITIONS["publish"], {})
    return [one.release for one in perform_all(items, transition, by=by, correction=correction, **when)]


def publish_ready(items, *, by=None, correction=None):
    """Publishes those that nothing stands against; returns (releases, [(item, reasons)] of the others)."""
    changes, refused = perform_possible(items, TRANSITIONS["publish"], by=by, correction=correction)
    return [change.release for change in changes], refused


def unschedule(item, *, by=None):
    perform(item, TRANSITIONS["unschedule"], by=by)


def withdraw(item, *, by=None, reason):
    """Returns every item that was taken back, of a situation those in it too."""
    return [one.item for one in perform(item, TRANSITIONS["withdraw"], by=by, reason=reason)]


def purge(item, *, by):
    perform(item, TRANSITIONS["purge"], by=by)
