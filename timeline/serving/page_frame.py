"""What stands around every page: who answers for it, which alerts are on, of which situation it is.

One query, since all of it is few rows: entries that belong to no section.
"""

from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from publishing.lookup import resolve_entry
from publishing.models import Entry

# Links, visited links, and both in the dark, as the sheet has them already.
DEFAULT_COLOURS = ["#2f2b92", "#6b2a74", "#b3b5ff", "#dcb2ea"]
FRAME_DEFERRED_FIELDS = ("words", "fragment")


@dataclass
class Frame:
    """`situation` is the entry of the situation the page is about, or None; `situations` are all, on the first page."""

    organisation: Entry | None = None
    alerts: list = field(default_factory=list)
    situations: list = field(default_factory=list)
    situation: Entry | None = None

    @cached_property
    def name(self):
        """The organisation's name; until there is one, the host it will stand on."""
        return self.organisation.title if self.organisation else urlsplit(settings.SITE_URL).hostname

    @property
    def facts(self):
        return self.organisation.facts if self.organisation else {}

    @property
    def colours(self):
        """The address of the stylesheet with the organisation's own colours; "" while they are those of the design.

        Colours that were never released, in a preview, have the number 0, at which the public finds nothing.
        """
        if self.facts.get("colours", DEFAULT_COLOURS) == DEFAULT_COLOURS:
            return ""
        return reverse("colours", args=[self.organisation.release_id or 0])

    @property
    def contact(self):
        return self.facts.get("contact", "")


def get_frame(language, *, situation=""):
    """The `Frame` of a page in this language.

    `situation` is the slug of the one the page is about; "" for none, "*" for a page about all of them.
    """
    wanted = Q(type="organisation") | Q(type="alert", situation__in={"", situation})
    if situation:
        wanted |= Q(type="situation") if situation == "*" else Q(type="situation", slug=situation)
    found = (
        Entry.objects.public()
        .filter(wanted, language=language, section="")
        .newest_first()
        .defer(*FRAME_DEFERRED_FIELDS)
    )
    frame = Frame()
    for entry in found:
        add_to_frame(frame, entry, situation=situation)
    frame.situations.sort(key=lambda entry: (entry.facts["archived"], entry.facts["order"], entry.number))
    return frame


def add_to_frame(frame, entry, *, situation):
    if entry.type == "organisation":
        frame.organisation = entry
    elif entry.type == "alert":
        frame.alerts.append(entry)
    else:
        frame.situations.append(entry)
        frame.situation = entry if entry.slug == situation else None


def get_situation_frame(slug, *, language, unreleased=None):
    """The frame around pages of one situation; raises what `resolve_entry` raises where the situation is not public.

    A preview brings the entry of its situation, which may not be public yet.
    """
    frame = get_frame(language, situation=slug)
    frame.situation = frame.situation or unreleased
    if frame.situation is None:
        resolve_entry("situation", slug=slug, language=language)
        raise Entry.DoesNotExist
    return frame
