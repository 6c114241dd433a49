"""This module knows what to answer for a public address: the item, where it went, or that it is gone."""

from django.utils import timezone

from .models import Entry, Release


class EntryGone(Exception):
    """Something stood here and was withdrawn or purged."""


class EntryMoved(Exception):
    """What stood here stands at the address of `entry` now."""

    def __init__(self, entry):
        self.entry = entry


def resolve_entry(kind, *, slug, language, situation=""):
    """The public `Entry` at an address.

    Raises `Moved`, `Gone`, or `Entry.DoesNotExist` for what was never public, drafts and scheduled
    items included, which no caller can tell from an address nobody ever wrote.
    """
    public = Entry.objects.public().filter(language=language)
    here = public.filter(type=kind, situation=situation, slug=slug).first()
    if here:
        return here
    was = get_last_public_release(Release.objects.at_address(kind=kind, situation=situation, slug=slug))
    if was is None:
        raise Entry.DoesNotExist
    there = public.filter(uid=was.uid).first()
    if there:
        raise EntryMoved(there)
    raise EntryGone


def get_last_public_release(releases):
    """The newest of these releases that anybody could ever read, or None."""
    now = timezone.now()
    published = releases.filter(action=Release.Action.PUBLISH).defer("document")
    return next((release for release in published.reverse() if was_ever_public(release, now=now)), None)


def was_ever_public(release, *, now):
    """A release that was scheduled and then taken back or replaced before its hour was never public."""
    if release.public_since > now:
        return False
    following = Release.objects.of(release.uid).filter(pk__gt=release.pk).first()
    return following is None or following.public_since > release.public_since
