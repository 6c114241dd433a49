"""This module knows who may answer for an item besides those who wrote it, and whether somebody did.

What a second person vouches for is bound to a digest, so that any change ends it. Not here: the transitions that
write it down (`transitions.py`), how a listed name is found (`screening/names.py`).
"""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from publishing.batches import in_batches
from publishing.document import compute_digest
from publishing.models import Approval, Release
from publishing.screening import names
from staff.datetime_widgets import format_desk_datetime

# The organisation's choice -> the types that need a second person.
TYPES_NEEDING_SECOND_PERSON = {"none": set(), "stories": {"story"}, "all": {"situation", "update", "story", "page"}}


def needs_second_person(item):
    return item.TYPE in TYPES_NEEDING_SECOND_PERSON[settings.SECOND_PERSON]


def get_approver(item):
    """The account whose approval holds for exactly this content, or None."""
    return find_second_person(
        item, Approval.Kind.CONTENT, compute_approval_digest(item), not_by=get_recent_authors(item)
    )


def find_second_person(item, kind, seal, *, not_by):
    approvals = Approval.objects.filter(uid=item.uid, kind=kind, digest=seal, by__is_active=True)
    given = [one.by for one in approvals.select_related("by") if one.by_id not in not_by]
    return next((by for by in given if not by.get_makers() & not_by), None)


def find_doubts_about(by, *, authors):
    """Why an account is no second person to these authors, besides that it may be one of them."""
    if by is None:
        return
    if by.approves_from > timezone.now():
        yield _("Your account is new. It can approve from %s on.") % format_desk_datetime(by.approves_from)
    if by.get_makers() & authors:
        yield _("Whoever created your account, or a link to its password, worked on this. Somebody else has to "
                "approve it.")  # fmt: skip


def find_unallowed_names(item, *, over=None):
    """The listed names in a working copy (`names.find_listed_names`), unless a second person allowed them in this
    wording."""
    found = names.find_listed_names(item, over=over)
    if not found:
        return []
    seal = names.compute_names_digest(compute_approval_digest(item), found)
    return [] if find_second_person(item, Approval.Kind.NAMES, seal, not_by=get_all_authors(item)) else found


def compute_approval_digest(item):
    return compute_digest([item.document().as_json(), item.approval_extras()])


def end_approvals(items):
    """Whatever was approved of them, or allowed in them, has to be looked at again."""
    for batch in in_batches(items):
        Approval.objects.filter(uid__in=[item.uid for item in batch]).delete()


def end_other_approvals(items):
    """An approval ends with the release of anything else: who brings earlier words back asks again."""
    for batch in in_batches(items):
        given = {}
        for approval in Approval.objects.filter(uid__in=[item.uid for item in batch]):
            given.setdefault(approval.uid, []).append(approval)
        released = [item for item in batch if item.uid in given]
        ended = [one.pk for item in released for one in find_other_approvals(item, given[item.uid])]
        Approval.objects.filter(pk__in=ended).delete()


def find_other_approvals(item, approvals):
    content = compute_approval_digest(item)
    kinds = {one.kind for one in approvals}
    found = names.find_listed_names(item) if Approval.Kind.NAMES in kinds else []
    holding = {content, names.compute_names_digest(content, found)}
    return [one for one in approvals if one.digest not in holding]


def get_recent_authors(item):
    """The accounts that saved this item since it was last released: they cannot be its second person.

    What was withdrawn counts as never released: it comes back by the word of somebody who wrote none of it.
    """
    saves = item.history.filter(history_id__gt=get_last_released_save(item)).exclude(history_user=None)
    return set(saves.values_list("history_user_id", flat=True))


def get_last_released_save(item):
    releases = Release.objects.of(item.uid)
    last = releases.published().values("pk", "last_save").last()
    if last is None or releases.filter(pk__gt=last["pk"], action=Release.Action.WITHDRAW).exists():
        return 0
    return last["last_save"]


def get_all_authors(item):
    """The accounts that ever saved this item."""
    return set(item.history.exclude(history_user=None).values_list("history_user_id", flat=True))
