"""The pages that anybody may read, and what is said where there is none.

A view finds, asks, renders; it reads no cookie and sets none. Lists are put together in `listing.py`.
"""

import re
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpResponsePermanentRedirect, QueryDict
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from publishing.lookup import Gone, Moved, find
from publishing.models import Entry
from publishing.previews import shows
from timeline.search.facets import BadFilter
from timeline.search.filters import Filter
from timeline.serving.caching import compressed, kept
from timeline.serving.frame import frame_for
from timeline.sharing.citations import cited, shared
from timeline.sharing.metadata import Described, described_list, described_story, described_update, live, origin_of

from . import overview
from .listing import results_of, timeline_of
from .neighbours import neighbours_of
from .new_since import today

COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


def public_page(view):
    """Answers what `standing.find` and `Filter.read` may raise as HTTP says it."""

    @require_safe
    @wraps(view)
    def answer(request, **place):
        try:
            return view(request, **place)
        except Moved as moved:
            return HttpResponsePermanentRedirect(moved.entry.get_absolute_url())
        except Gone:
            return gone(request)
        except Entry.DoesNotExist as nothing:
            raise Http404 from nothing
        except BadFilter as wrong:
            return bad_request(request, wrong)

    return answer


# --- Lists ------------------------------------------------------------------------------------


@kept
@public_page
def home(request):
    return home_page(request, frame_for(translation.get_language(), situation="*"))


def home_page(request, frame):
    language = translation.get_language()
    rows, scale = overview.rows_of(frame.situations, language=language)
    latest, stories = overview.latest(language)
    organisation = frame.organisation
    page = Described(title=_("Situations"), type="WebSite", description=organisation.summary if organisation else "")
    context = {"page": page, "frame": frame, "here": "home", "rows": rows, "scale": scale}
    return render(request, "timeline/home.html", context | {"latest": latest, "stories": stories})


@kept(also=today)
@public_page
def situation(request, slug):
    language = translation.get_language()
    shown = Filter.read(request.GET, language=language, situation=slug)
    frame = frame_of(slug, language=language)
    before = request.GET.get("before", "")
    page = described_list(shown, frame.situation, before=before)
    context = {"page": page, "frame": frame, "situation": frame.situation, "filter": shown}
    if shown.is_empty and not before:
        return first_page(request, shown, frame, page)
    return render(request, "timeline/list.html", context | results_of(shown, before=before))


def first_page(request, shown, frame, page):
    context = {"frame": frame, "situation": frame.situation, "filter": shown}
    context |= timeline_of(shown, language=shown.language)
    context["page"] = live(page, frame.situation, context["groups"], origin=origin_of(request))
    return render(request, "timeline/situation.html", context)


@kept(also=today)
@public_page
def search(request):
    language = translation.get_language()
    shown = Filter.read(request.GET, language=language)
    before = request.GET.get("before", "")
    frame = frame_for(language, situation="*")
    context = {
        "page": described_list(shown, None, before=before),
        "frame": frame,
        "titles": {entry.slug: entry for entry in frame.situations},
        "filter": shown,
        "here": "stories" if shown.chosen == {"section": ("stories",)} else "updates",
    }
    return render(request, "timeline/list.html", context | results_of(shown, before=before))


def frame_of(slug, *, language, unreleased=None):
    """The frame around pages of one situation; raises what `find` raises where the situation is not public.

    A preview brings the entry of its situation, which may not be public yet.
    """
    frame = frame_for(language, situation=slug)
    frame.situation = frame.situation or unreleased
    if frame.situation is None:
        find("situation", slug=slug, language=language)
        raise Entry.DoesNotExist
    return frame


# --- Items ------------------------------------------------------------------------------------


@kept
@public_page
def update(request, situation, slug):
    return update_page(request, find("update", slug=slug, situation=situation, language=translation.get_language()))


@shows("update")
def update_page(request, entry, situation=None):
    frame = frame_of(entry.situation, language=entry.language, unreleased=situation)
    page = described_update(entry, frame)
    address = page.address(page.language, origin=origin_of(request))
    beside = neighbours_of(entry)
    context = {"page": page, "frame": frame, "situation": frame.situation, "entry": entry, **vars(beside)}
    context |= {"citation": cited(entry, by=frame.name, origin=origin_of(request)), **shared(address)}
    return render(request, "timeline/update.html", context)


@compressed
@public_page
@cache_control(no_store=True)
def story(request, situation, slug):
    return story_page(request, find("story", slug=slug, situation=situation, language=translation.get_language()))


@shows("story")
def story_page(request, entry, situation=None):
    frame = frame_of(entry.situation, language=entry.language, unreleased=situation)
    page = described_story(entry, frame)
    address = page.address(entry.language, origin=origin_of(request))
    context = {"page": page, "frame": frame, "situation": frame.situation, "entry": entry, **told(entry)}
    context |= {"citation": cited(entry, by=frame.name, origin=origin_of(request)), **shared(address)}
    return render(request, "timeline/story.html", context)


def told(entry):
    """What the page of a testimony shows of who told it, to whom, and in which language it can be read here."""
    return {
        "original": entry.facts["original"],
        "sources": [credit for credit in entry.facts["credits"] if credit["role"] == "source"],
        "translated_into": entry.spoken.get("body") or entry.spoken.get("summary") or entry.language,
    }


# --- Previews of what stands on pages of others --------------------------------------------------


@shows("situation")
def situation_page(request, entry, situation=None):
    frame = frame_for(entry.language, situation=entry.slug)
    frame.situation = entry
    shown = Filter.read(QueryDict(), language=entry.language, situation=entry.slug)
    return first_page(request, shown, frame, described_list(shown, entry, before=""))


@shows("alert")
def alerted_page(request, entry, situation=None):
    """The first page on which the alert would stand, above what is there already."""
    frame = frame_for(entry.language, situation=entry.situation or "*")
    frame.alerts = [entry, *(alert for alert in frame.alerts if alert.uid != entry.uid)]
    if situation is None:
        return home_page(request, frame)
    frame.situation = frame.situation or situation
    shown = Filter.read(QueryDict(), language=entry.language, situation=situation.slug)
    return first_page(request, shown, frame, described_list(shown, frame.situation, before=""))


@shows("organisation")
def organisation_page(request, entry, situation=None):
    frame = frame_for(entry.language, situation="*")
    frame.organisation = entry
    return home_page(request, frame)


# --- Colours ----------------------------------------------------------------------------------


@public_page
@cache_control(public=True, max_age=31536000, immutable=True)
def colours(request, number):
    """The organisation's own colours, at an address that changes with them."""
    frame = frame_for(settings.LANGUAGE_CODE)
    values = frame.facts.get("colours", [])
    if not frame.colours or frame.organisation.release_id != number or not all(map(COLOUR.fullmatch, values)):
        raise Http404
    context = dict(zip(("link", "link_seen", "link_dark", "link_seen_dark"), values, strict=True))
    return render(request, "timeline/colours.css", context, content_type="text/css; charset=utf-8")


# --- Where there is no page -------------------------------------------------------------------


def nothing(request, template, *, status, **context):
    """Not kept by anybody, not listed by anybody, and the same whatever the address said."""
    response = render(request, template, {"nowhere": True, **context}, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def bad_request(request, exception=None):
    reason = str(exception) if isinstance(exception, BadFilter) else ""
    return nothing(request, "400.html", status=400, reason=reason)


def permission_denied(request, exception=None):
    return nothing(request, "403.html", status=403)


def page_not_found(request, exception=None):
    return nothing(request, "404.html", status=404)


def gone(request):
    return nothing(request, "410.html", status=410)


def server_error(request):
    """Without the database, which may be what fails."""
    return nothing(request, "500.html", status=500)
