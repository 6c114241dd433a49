"""The pages that anybody may read, and what is said where there is none.

A view finds, asks, renders; it reads no cookie and sets none. Lists are put together in `listing.py`.
"""

import re
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from publishing.lookup import EntryGone, EntryMoved, resolve_entry
from publishing.models import Entry
from timeline.search.facets import BadFilter
from timeline.search.filters import Filter
from timeline.serving.caching import cache_public_page, compress_page
from timeline.serving.page_frame import get_frame
from timeline.sharing.citations import build_citation, build_share_links
from timeline.sharing.metadata import (
    PageMetadata,
    build_list_metadata,
    build_live_metadata,
    build_story_metadata,
    build_update_metadata,
    get_origin,
)

from . import overview
from .listing import build_results_context, build_timeline_context
from .neighbours import find_neighbours
from .new_since import get_today_iso

HEX_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


def public_page(view):
    """Answers what `standing.find` and `Filter.read` may raise as HTTP says it."""

    @require_safe
    @wraps(view)
    def answer(request, **place):
        try:
            return view(request, **place)
        except EntryMoved as moved:
            return HttpResponsePermanentRedirect(moved.entry.get_absolute_url())
        except EntryGone:
            return page_gone(request)
        except Entry.DoesNotExist as nothing:
            raise Http404 from nothing
        except BadFilter as wrong:
            return bad_request(request, wrong)

    return answer


# --- Lists ------------------------------------------------------------------------------------


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
    shown = Filter.read(request.GET, language=language, situation=slug)
    frame = get_situation_frame(slug, language=language)
    before = request.GET.get("before", "")
    page = build_list_metadata(shown, frame.situation, before=before)
    context = {"page": page, "frame": frame, "situation": frame.situation, "filter": shown}
    if shown.is_empty and not before:
        return render_first_page(request, shown, frame, page)
    return render(request, "timeline/list.html", context | build_results_context(shown, before=before))


def render_first_page(request, shown, frame, page):
    context = {"frame": frame, "situation": frame.situation, "filter": shown}
    context |= build_timeline_context(shown, language=shown.language)
    context["page"] = build_live_metadata(page, frame.situation, context["groups"], origin=get_origin(request))
    return render(request, "timeline/situation.html", context)


@cache_public_page(also=get_today_iso)
@public_page
def search(request):
    language = translation.get_language()
    shown = Filter.read(request.GET, language=language)
    before = request.GET.get("before", "")
    frame = get_frame(language, situation="*")
    context = {
        "page": build_list_metadata(shown, None, before=before),
        "frame": frame,
        "titles": {entry.slug: entry for entry in frame.situations},
        "filter": shown,
        "here": "stories" if shown.chosen == {"section": ("stories",)} else "updates",
    }
    return render(request, "timeline/list.html", context | build_results_context(shown, before=before))


def get_situation_frame(slug, *, language, unreleased=None):
    """The frame around pages of one situation; raises what `find` raises where the situation is not public.

    A preview brings the entry of its situation, which may not be public yet.
    """
    frame = get_frame(language, situation=slug)
    frame.situation = frame.situation or unreleased
    if frame.situation is None:
        resolve_entry("situation", slug=slug, language=language)
        raise Entry.DoesNotExist
    return frame


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


# --- Where there is no page -------------------------------------------------------------------


def render_error(request, template, *, status, **context):
    """Not kept by anybody, not listed by anybody, and the same whatever the address said."""
    response = render(request, template, {"nowhere": True, **context}, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def bad_request(request, exception=None):
    reason = str(exception) if isinstance(exception, BadFilter) else ""
    return render_error(request, "400.html", status=400, reason=reason)


def permission_denied(request, exception=None):
    return render_error(request, "403.html", status=403)


def page_not_found(request, exception=None):
    return render_error(request, "404.html", status=404)


def page_gone(request):
    return render_error(request, "410.html", status=410)


def server_error(request):
    """Without the database, which may be what fails."""
    return render_error(request, "500.html", status=500)
