"""This module knows what to answer for a public address: the item, where it went, or that it is gone."""

from django.utils import timezone

from .models import Entry, Release
from .workflow.schedule import find_last_read


class EntryGone(Exception):
    """Something stood here and was withdrawn or purged."""


class EntryMoved(Exception):
    """What stood here stands at the address of `entry` now."""

    def __init__(self, entry):
        self.entry = entry


def resolve_entry(kind, *, slug, language, situation=""):
    """The public `Entry` at an address.

    Raises `EntryMoved`, `EntryGone`, or `Entry.DoesNotExist` for what was never public, drafts and scheduled
    items included, which no caller can tell from an address nobody ever wrote.
    """
    public = Entry.objects.public().filter(language=language)
    here = public.filter(type=kind, situation=situation, slug=slug).first()
    if here:
        return here
    was = find_last_read(Release.objects.at_address(kind=kind, situation=situation, slug=slug))
    if was is None:
        raise Entry.DoesNotExist
    there = public.filter(uid=was.uid).first()
    if there:
        raise EntryMoved(there)
    raise EntryGone


def get_public_state(item):
    """ "draft", "scheduled", "public" or "withdrawn": where this item is, apart from any work in progress."""
    mine = Entry.objects.filter(uid=item.uid)
    if mine.public().exists():
        return "public"
    if mine.filter(visible_from__gt=timezone.now()).exists():
        return "scheduled"
    gone = Release.objects.of(item.uid).filter(action=Release.Action.WITHDRAW)
    return "withdrawn" if gone.exists() else "draft"
