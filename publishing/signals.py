"""What this room tells the rooms above it, and what it asks of them. Each room connects its receivers in `apps.py`.

Not here: what the answers are for (`publication.py`, `external_copies.py`, `desk/preview.py`).
"""

from django.dispatch import Signal

from audit.follow_ups import add_follow_ups, follows
from staff.signals import collect_answers

content_changed = Signal()  # what is public is no longer what it was, and that is committed
related_data_requested = Signal()  # `item`; answer: a queryset of what a room keeps about it, deleted when it is purged
name_listed = (
    Signal()
)  # `entry, by`, in the transaction; answer: a list of (item, whether it waited and was called off)
external_copies_requested = Signal()  # `item`; answer: an iterable of `external_copies.ExternalCopy`
page_requested = Signal()  # `request, entry, situation`; answer: the response that readers would get


def send_content_changed():
    """To be called in the transaction of the change. What a receiver raises undoes nothing, and it is told again."""
    add_follow_ups("content-changed", [None])


@follows("content-changed")
def tell_content_changed(_argument):
    for _receiver, answer in content_changed.send_robust(sender=None):
        if isinstance(answer, Exception):
            raise answer


def send_name_listed(entry, *, by):
    """To be called in the transaction in which a name is listed; returns what all receivers answer as one list."""
    return [found for answer in collect_answers(name_listed, entry=entry, by=by) for found in answer]
