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

from publishing.kinds import get_kind_family, get_kind_label
from publishing.lookup import EntryGone
from publishing.models import Entry
from publishing.text import date_words
from publishing.text.availability import get_language_name_after_in
from timeline.serving.caching import get_from_cache, get_source_digest, reserve_cache_slot, set_in_cache
from timeline.serving.item_numbers import get_numbered_entry
from timeline.serving.media import build_gone_response, set_file_headers
from timeline.serving.page_frame import get_frame

from . import card_drawing
from .card_drawing import Card
from .citations import CLOSING_PUNCTUATION

CARD_TYPES = ("organisation", "situation", "update", "story")
CARD_CACHE_SECONDS = 600  # seconds; messengers ask once for each link that somebody sends


def get_card_address(entry):
    """The path of an entry's card; "" where it may have none. A new release is a new address for messengers."""
    if not (card_drawing.HAS_RAQM and entry.in_card):
        return ""
    return f"/share/{entry.number}-{entry.language}.png?{entry.release_id}"


def build_card(entry, *, name, situation=None):
    """The `Card` of an entry for readers of its language; `name` is the organisation's."""
    title, language = get_card_title(entry)
    plain = Card(title=title or name, title_language=language, language=entry.language, name=name)
    if not entry.kind:
        return plain
    kind = {"kind": str(get_kind_label(entry.kind)), "family": get_kind_family(entry.kind)}
    if entry.type == "story":
        return replace(plain, **kind, is_night=True)
    return replace(
        plain, **kind, date=format_card_date(entry), place=situation.facts["short_title"]["text"] if situation else ""
    )


def get_card_title(entry):
    """(words, language) that may stand before anybody: of a testimony only in which language it was given."""
    if entry.type == "story":
        return get_neutral_title(entry), entry.language
    if entry.type == "organisation":
        return entry.subtitle or entry.title, entry.spoken.get("subtitle", entry.text_language)
    return entry.title_as_known, entry.title_language


def get_neutral_title(entry):
    return _("Testimony in %(language)s") % {"language": get_language_name_after_in(entry.original_language)}


def format_card_date(entry):
    return date_words.format_known_date(entry.date, entry.precision) if entry.precision != "undated" else ""


def describe_card(card):
    """What the picture says, for those who do not see it."""
    comma = pgettext("between names", ", ")
    around = comma.join(filter(None, [card.kind, card.date, card.name]))
    return f"{card.title}{' ' if card.title.endswith(CLOSING_PUNCTUATION) else comma}{around}"


# --- Serving ----------------------------------------------------------------------------------


@require_safe
def serve_card(request, number, language):
    """The card of a public item: 404 where there never was one, 410 where its item was withdrawn."""
    try:
        entry = get_card_entry(number, language)
    except EntryGone:
        return build_gone_response()
    with translation.override(language):
        frame = get_frame(language, situation=entry.situation)
        tag = build_card_etag(entry, frame)
        if tag in parse_etags(request.headers.get("If-None-Match", "")):
            return set_file_headers(HttpResponseNotModified(), tag=tag)
        drawn = set_file_headers(HttpResponse(get_card_png(tag, entry, frame), content_type="image/png"), tag=tag)
        drawn["Cross-Origin-Resource-Policy"] = "cross-origin"  # it is there to be shown by others
        return drawn


def get_card_entry(number, language):
    """The `Entry` whose card may be shown now; raises `Http404` or `EntryGone`."""
    if language not in dict(settings.LANGUAGES) or not card_drawing.HAS_RAQM:
        raise Http404
    try:
        entry = get_numbered_entry(number, language=language, types=CARD_TYPES)
    except Entry.DoesNotExist:
        raise Http404 from None
    if not entry.in_card:
        raise Http404
    return entry


def build_card_etag(entry, frame):
    around = "-".join(str(one.release_id) for one in (entry, frame.organisation, frame.situation) if one)
    return f'"{around}-{entry.language}-{get_source_digest()[:12]}"'


def get_card_png(tag, entry, frame):
    """The bytes of a card, from memory where it was drawn a short while ago."""
    drawn = get_from_cache(f"card:{tag}")
    if drawn is None:
        drawn = card_drawing.render_png(build_card(entry, name=frame.name, situation=frame.situation))
        if reserve_cache_slot("cards"):
            set_in_cache(f"card:{tag}", drawn, CARD_CACHE_SECONDS)
    return drawn
