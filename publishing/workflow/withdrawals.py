"""This module knows what was taken back and did not come back since.

Being taken back is no status: whoever hands the item in again changes that. It ends with the next release alone, and
whatever releases many at once, or without looking at each, asks here first.
"""

from publishing.batches import in_batches
from publishing.models import Release


def find_withdrawals(uids):
    """uid -> the newest withdrawal, a `Release`, of each publication that was not published again since."""
    found = {}
    for batch in in_batches(uids):
        rows = Release.objects.filter(uid__in=batch, action=Release.Action.WITHDRAW).order_by("pk").defer("document")
        withdrawn = {release.uid: release for release in rows}
        released = Release.objects.published().filter(uid__in=list(withdrawn)).order_by("pk")
        newest = dict(released.values_list("uid", "pk")) if withdrawn else {}
        found |= {uid: release for uid, release in withdrawn.items() if newest.get(uid, 0) < release.pk}
    return found


def find_withdrawal(item):
    return find_withdrawals([item.uid]).get(item.uid)
