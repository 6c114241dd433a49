"""This module knows where an item is between desk and public: released, changed since, returned, and at which address.

Nothing is done here; see `transitions/buttons.py`.
"""

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language

from audit.models import Event
from publishing.addresses import build_item_path
from publishing.models import Entry, Release
from publishing.publication import Publication

Status = Publication.Status


def get_last_release(item):
    """What was last published of this item, or None if nothing is or waits to be public."""
    if not Entry.objects.filter(uid=item.uid).exists():
        return None
    return Release.objects.of(item.uid).published().last()


def is_released(item):
    """Whether readers see exactly what the working copy says."""
    release = get_last_release(item)
    if not release or not release.document or release.public_since > timezone.now():
        return False
    return strip_corrections(release.document) == strip_corrections(item.document().as_json())


def strip_corrections(document):
    return {name: value for name, value in document.items() if name != "corrections"}


def get_return_event(item):
    """The event that gave a draft back to its author, or None if that is not the last thing that happened."""
    if item.status != Status.DRAFT:
        return None
    events = Event.objects.filter(subject=f"{item.TYPE}:{item.uid}").exclude(
        Q(verb__contains=".review_") | Q(verb__endswith=".acknowledged") | Q(verb__endswith=".names-allowed")
    )
    last = events.order_by("pk").last()
    return last if last and last.verb == f"{item.TYPE}.returned" else None


def get_public_path(item):
    """The public path of an item in the language of the desk, or "" while nobody can read it."""
    entry = Entry.objects.public().filter(uid=item.uid).first()
    if not entry:
        return ""
    language = get_language() if get_language() in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    return build_item_path(entry.type, situation=entry.situation, slug=entry.slug, language=language)
