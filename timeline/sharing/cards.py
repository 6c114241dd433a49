"""Share pictures: which words stand on the card of an entry, at which address, and who may fetch it.

A card is drawn when it is asked for and kept in memory alone, so that nothing of a withdrawn item stays on a disk.
It goes the channel “card” of a consent, and says nothing of what a testimony tells. Not here: how it looks
(`card_drawing.py`).
"""

from dataclasses import replace

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.utils import translation
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from publishing.kinds import family_of, label_of
from publishing.lookup import Gone
from publishing.models import Entry
from publishing.text import date_words
from publishing.text.availability import language_name
from timeline.pages.numbers import numbered
from timeline.serving.caching import may_fill, recall, remember, sources
from timeline.serving.frame import frame_for
from timeline.serving.media import gone, guarded

from . import card_drawing
from .card_drawing import Card
from .citations import ENDS_ITSELF

TYPES = ("organisation", "situation", "update", "story")
KEPT_FOR = 600  # seconds; messengers ask once for each link that somebody sends


def card_address(entry):
    """The path of an entry's card; "" where it may have none. A new release is a new address for messengers."""
    if not (card_drawing.CAN_SHAPE and entry.in_card):
        return ""
    return f"/share/{entry.number}-{entry.language}.png?{entry.release_id}"


def card_of(entry, *, name, situation=None):
    """The `Card` of an entry for readers of its language; `name` is the organisation's."""
    title, language = title_of(entry)
    plain = Card(title=title or name, title_language=language, language=entry.language, name=name)
    if not entry.kind:
        return plain
    kind = {"kind": str(label_of(entry.kind)), "family": family_of(entry.kind)}
    if entry.type == "story":
        return replace(plain, **kind, is_night=True)
    return replace(
        plain, **kind, date=date_of(entry), place=situation.facts["short_title"]["text"] if situation else ""
    )


def title_of(entry):
    """(words, language) that may stand before anybody: of a testimony only in which language it was given."""
    if entry.type == "story":
        return neutral_title(entry), entry.language
    if entry.type == "organisation":
        return entry.subtitle or entry.title, entry.spoken.get("subtitle", entry.text_language)
    return entry.title, entry.text_language


def neutral_title(entry):
    return _("Testimony in %(language)s") % {"language": language_name(entry.original_language)}


def date_of(entry):
    return date_words.as_known(entry.date, entry.precision) if entry.precision != "undated" else ""


def in_words(card):
    """What the picture says, for those who do not see it."""
    comma = pgettext("between names", ", ")
    around = comma.join(filter(None, [card.kind, card.date, card.name]))
    return f"{card.title}{' ' if card.title.endswith(ENDS_ITSELF) else comma}{around}"


# --- Serving ----------------------------------------------------------------------------------


@require_safe
def card(request, number, language):
    """The card of a public item: 404 where there never was one, 410 where its item was withdrawn."""
    try:
        entry = find(number, language)
    except Gone:
        return gone()
    with translation.override(language):
        frame = frame_for(language, situation=entry.situation)
        tag = tag_of(entry, frame)
        if tag in parse_etags(request.headers.get("If-None-Match", "")):
            return guarded(HttpResponseNotModified(), tag=tag)
        drawn = guarded(HttpResponse(kept(tag, entry, frame), content_type="image/png"), tag=tag)
        drawn["Cross-Origin-Resource-Policy"] = "cross-origin"  # it is there to be shown by others
        return drawn


def find(number, language):
    """The `Entry` whose card may be shown now; raises `Http404` or `Gone`."""
    if language not in dict(settings.LANGUAGES) or not card_drawing.CAN_SHAPE:
        raise Http404
    try:
        entry = numbered(number, language=language, types=TYPES)
    except Entry.DoesNotExist:
        raise Http404 from None
    if not entry.in_card:
        raise Http404
    return entry


def tag_of(entry, frame):
    around = "-".join(str(one.release_id) for one in (entry, frame.organisation, frame.situation) if one)
    return f'"{around}-{entry.language}-{sources()[:12]}"'


def kept(tag, entry, frame):
    """The bytes of a card, from memory where it was drawn a short while ago."""
    drawn = recall(f"card:{tag}")
    if drawn is None:
        drawn = card_drawing.png(card_of(entry, name=frame.name, situation=frame.situation))
        if may_fill("cards"):
            remember(f"card:{tag}", drawn, KEPT_FOR)
    return drawn
