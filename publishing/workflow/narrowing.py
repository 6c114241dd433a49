"""What a consent that was narrowed or is gone takes back, at once and without asking anybody.

It never gives: what was allowed anew becomes public by a new release alone. Not here: the record of consent
(`stories/models.py`).
"""

from django.db.models import Q
from django.utils import timezone

from publishing.models import Entry, Release

from .schedule import parse_end
from .state_machine import perform
from .transitions import TRANSITIONS

REASON = "the consent no longer allows it"


def follow_consent(item, *, channels, until="", by=None):
    """Takes from what is public, and from what waits, all that goes beyond these channels and this moment (ISO).

    To be called in the transaction in which the consent changes. Returns the name of the transition, or None.
    """
    Release.objects.hold()
    mine = Entry.objects.filter(uid=item.uid)
    if "site" not in channels and mine.exists():
        perform(item, TRANSITIONS["end-consent"], by=by, reason=REASON)
        return "end-consent"
    if mine.filter(build_beyond_condition(channels, until)).exists():
        perform(item, TRANSITIONS["limit"], by=by, channels=channels, until=until)
        return "limit"
    return None


def build_beyond_condition(channels, until):
    """A condition: an entry may be seen where, or for longer than, it should."""
    beyond = Q(pk=None)
    for channel in {"newsletter", "feed", "card", "mirror"}.difference(channels):
        beyond |= Q(**{f"in_{channel}": True})
    if until:
        beyond |= Q(visible_until=None) | Q(visible_until__gt=max(parse_end(until), timezone.now()))
    return beyond
