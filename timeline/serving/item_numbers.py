"""This module knows what stands behind the number of an item: the one of `entry-ID`, of the API, of /e/ID.

A number names an item for good, in all its languages and whatever becomes of its slug.
"""

from django.conf import settings
from django.db.models import BigIntegerField

from publishing.lookup import EntryGone
from publishing.models import Entry, Release
from publishing.workflow.schedule import find_last_read

MAX_NUMBER = BigIntegerField.MAX_BIGINT
ITEM_TYPES = ("update", "story")
NUMBERED_TYPES = (*ITEM_TYPES, "situation")


def get_numbered_entry(number, *, language, channel="site", types=NUMBERED_TYPES):
    """The public `Entry` of this number; raises `EntryGone`, or `Entry.DoesNotExist` for what was never public."""
    if number > MAX_NUMBER:
        raise Entry.DoesNotExist
    public = Entry.objects.public(channel=channel).filter(number=number, language=language, type__in=types)
    if found := public.defer("words", "fragment").first():
        return found
    if was_public(number, types=types):
        raise EntryGone
    raise Entry.DoesNotExist


def was_public(number, *, types):
    """Whether an item of this number could be read and cannot any more; a draft was never."""
    first = Release.objects.filter(pk=number, type__in=types).first()
    if first is None or Entry.objects.public().filter(uid=first.uid).exists():
        return False
    releases = Release.objects.of(first.uid)
    return releases.first().pk == number and find_last_read(releases) is not None


def get_item_languages(entry):
    """The languages an item can be read in, the one it was written or given in first."""
    return list(dict.fromkeys([entry.original_language, *entry.facts["languages"]]))


def get_first_language(entry):
    """The language of the site in which an item is read first; the same for every reader."""
    site = [code for code, _label in settings.LANGUAGES]
    return next((code for code in get_item_languages(entry) if code in site), settings.LANGUAGE_CODE)


def get_short_path(entry):
    """/e/ID, or /LL/e/ID for the words of a translation. A preview of what has no number yet has its own path."""
    if not entry.number:
        return entry.get_absolute_url()
    is_translated = entry.language in get_item_languages(entry) and entry.language != get_first_language(entry)
    return f"/{entry.language}/e/{entry.number}" if is_translated else f"/e/{entry.number}"
