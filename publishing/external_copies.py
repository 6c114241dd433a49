"""This module knows where copies of an item may stand outside, and at which addresses it ever stood here.

A room that knows of copies answers `signals.external_copies_requested`: of a mirror, of an edition that was mailed.
Nothing is fetched. Not here: what to write to those who have them (`desk.transitions.takedown_requests`).
"""

from dataclasses import dataclass

from django.conf import settings
from django.dispatch import receiver

from staff.signals import collect_answers

from .addresses import build_item_path
from .models import PublishedFile, Release
from .signals import external_copies_requested


@dataclass(frozen=True)
class ExternalCopy:
    """`kind` is "mirror", "edition" or "partner"; `where` is a name or an address, `note` what else one should know."""

    kind: str
    where: str
    note: str = ""


def find_copies(item):
    return [copy for copies in collect_answers(external_copies_requested, item=item) for copy in copies]


def get_published_releases(item):
    """What was published of an item, the oldest first, without the words."""
    return Release.objects.of(item.uid).filter(action=Release.Action.PUBLISH)


def get_page_urls(item):
    """Every page address that ever led to an item: in each language, by each slug that it had, and by its number."""
    places = dict.fromkeys(get_published_releases(item).values_list("type", "situation", "slug"))
    codes = [code for code, _label in settings.LANGUAGES]
    paths = [
        build_item_path(kind, situation=situation, slug=slug, language=code)
        for kind, situation, slug in places
        for code in codes
    ]
    number = get_published_releases(item).values_list("pk", flat=True).first()
    return [f"{settings.SITE_URL}{path}" for path in [*dict.fromkeys(paths), *([f"/e/{number}"] if number else [])]]


def get_file_urls(item):
    """The addresses of every picture and document that was ever public with an item."""
    names = PublishedFile.objects.filter(uid=item.uid).order_by("name").values_list("name", flat=True)
    return [f"{settings.SITE_URL}{settings.MEDIA_URL}{name}" for name in names]


@receiver(external_copies_requested)
def find_partner_copies(item, **kwargs):
    """Those who were named as joint publishers, source or publisher in any release."""
    named = {}
    for document in get_published_releases(item).exclude(document=None).values_list("document", flat=True):
        for credit in document["credits"]:
            named[credit["slug"]] = (next(iter(credit["names"].values()), credit["slug"]), credit["url"])
    return [ExternalCopy("partner", name, url) for name, url in named.values()]
