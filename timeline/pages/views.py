"""The pages that anybody may read.

A view finds, asks, renders; it reads no cookie and sets none. Lists are put together in `listing.py`; what is said
where there is no page stands in `errors.py`.
"""

import re

from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from publishing.lookup import resolve_entry
from timeline.search.filters import Filter
from timeline.serving.caching import cache_public_page, compress_page
from timeline.serving.origin import get_origin
from timeline.serving.page_frame import get_frame, get_situation_frame
from timeline.sharing.citations import build_citation, build_share_links
from timeline.sharing.metadata import (
    PageMetadata,
    build_list_metadata,
    build_story_metadata,
    build_timeline_metadata,
    build_update_metadata,
)

from . import overview
from .decorators import public_page
from .listing import ResultsListing, TimelineListing
from .neighbours import find_neighbours
from .new_since import get_today_iso

HEX_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


# --- Lists ------------------------------------------------------------------------------------


@require_safe
def redirect_to_language(request):
    """The home page in the reader's language as the browser asks for it; no cookie has a say."""
    response = HttpResponseRedirect(f"/{get_preferred_language(request.headers.get('Accept-Language', ''))}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def get_preferred_language(header):
    """The first language of the site that an Accept-Language names, or the site's own."""
    for code, _weight in parse_accept_lang_header(header.lower()):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


@cache_public_page
@public_page
def home(request):
    return render_home(request, get_frame(translation.get_language(), situation="*"))


def render_home(request, frame):
    language = translation.get_language()
    rows, scale = overview.build_situation_rows(frame.situations, language=language)
    latest, stories = overview.get_latest_entries(language)
    organisation = frame.organisation
    page = PageMetadata(title=_("Situations"), type="WebSite", description=organisation.summary if organisation else "")
    context = {"page": page, "frame": frame, "here": "home", "rows": rows, "scale": scale}
    return render(request, "timeline/home.html", context | {"latest": latest, "stories": stories})


@cache_public_page(also=get_today_iso)
@public_page
def situation(request, slug):
    language = translation.get_language()
    query_filter = Filter.from_query(request.GET, language=language, situation=slug)
    frame = get_situation_frame(slug, language=language)
    if query_filter.is_empty and not request.GET.get("before"):
        return render_timeline(request, query_filter, frame)
    return render_results(request, query_filter, frame, situation=frame.situation)


def render_timeline(request, query_filter, frame):
    listing = TimelineListing(query_filter)
    page = build_timeline_metadata(frame.situation, listing.groups, origin=get_origin(request))
    context = {"page": page, "frame": frame, "situation": frame.situation, "filter": query_filter}
    return render(request, "timeline/situation.html", context | listing.get_context())


@cache_public_page(also=get_today_iso)
@public_page
def search(request):
    language = translation.get_language()
    query_filter = Filter.from_query(request.GET, language=language)
    frame = get_frame(language, situation="*")
    titles = {entry.slug: entry for entry in frame.situations}
    here = "stories" if query_filter.chosen == {"section": ("stories",)} else "updates"
    return render_results(request, query_filter, frame, titles=titles, here=here)


def render_results(request, query_filter, frame, **context):
    listing = ResultsListing(query_filter, before=request.GET.get("before", ""))
    page = build_list_metadata(listing.words, frame.situation, before=listing.before)
    context |= {"page": page, "frame": frame, "filter": query_filter}
    return render(request, "timeline/list.html", context | listing.get_context())


# --- Items ------------------------------------------------------------------------------------


@cache_public_page
@public_page
def update(request, situation, slug):
    return render_update(
        request, resolve_entry("update", slug=slug, situation=situation, language=translation.get_language())
    )


def render_update(request, entry, situation=None):
    frame = get_situation_frame(entry.situation, language=entry.language, unreleased=situation)
    page = build_update_metadata(entry, frame)
    address = page.address(page.language, origin=get_origin(request))
    beside = find_neighbours(entry)
    context = {"page": page, "frame": frame, "situation": frame.situation, "entry": entry, **vars(beside)}
    context |= {
        "citation": build_citation(entry, by=frame.name, origin=get_origin(request)),
        **build_share_links(address),
    }
    return render(request, "timeline/update.html", context)


@compress_page
@public_page
@cache_control(no_store=True)
def story(request, situation, slug):
    return render_story(
        request, resolve_entry("story", slug=slug, situation=situation, language=translation.get_language())
    )


def render_story(request, entry, situation=None):
    frame = get_situation_frame(entry.situation, language=entry.language, unreleased=situation)
    page = build_story_metadata(entry, frame)
    address = page.address(entry.language, origin=get_origin(request))
    context = {"page": page, "frame": frame, "situation": frame.situation, "entry": entry, **get_story_context(entry)}
    context |= {
        "citation": build_citation(entry, by=frame.name, origin=get_origin(request)),
        **build_share_links(address),
    }
    return render(request, "timeline/story.html", context)


def get_story_context(entry):
    """What the page of a testimony shows of who told it, to whom, and in which language it can be read here."""
    return {
        "original": entry.facts["original"],
        "sources": [credit for credit in entry.facts["credits"] if credit["role"] == "source"],
        "translated_into": entry.spoken.get("body") or entry.spoken.get("summary") or entry.language,
    }


# --- Colours ----------------------------------------------------------------------------------


@public_page
@cache_control(public=True, max_age=31536000, immutable=True)
def colour_stylesheet(request, number):
    """The organisation's own colours, at an address that changes with them."""
    frame = get_frame(settings.LANGUAGE_CODE)
    values = frame.facts.get("colours", [])
    if not frame.colours or frame.organisation.release_id != number or not all(map(HEX_COLOUR.fullmatch, values)):
        raise Http404
    context = dict(zip(("link", "link_seen", "link_dark", "link_seen_dark"), values, strict=True))
    return render(request, "timeline/colours.css", context, content_type="text/css; charset=utf-8")
