"""The pages that anybody may read, and what is said where there is none.

A view finds, asks, renders; it reads no cookie and sets none. Lists are put together in `listing.py`.
"""

import re
from functools import wraps
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from publishing.kinds import family_of
from publishing.models import Entry
from publishing.preview import shows
from publishing.standing import Gone, Moved, find
from publishing.text import to_plain

from . import dates, overview
from .caching import kept
from .citing import cited
from .describing import Described, origin_of
from .facets import BadFilter
from .filters import Filter
from .frame import frame_for
from .listing import results_of, timeline_of
from .neighbours import neighbours_of
from .spoken import language_name

ARTICLES = {"evidence": "Report", "blog": "BlogPosting"}
SHARED_ON = {
    "Telegram": "https://t.me/share/url?url={}",
    "WhatsApp": "https://wa.me/?text={}",
    "Bluesky": "https://bsky.app/intent/compose?text={}",
    "Facebook": "https://www.facebook.com/sharer/sharer.php?u={}",
}
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
    language = translation.get_language()
    frame = frame_for(language, situation="*")
    rows, scale = overview.rows_of(frame.situations, language=language)
    latest, stories = overview.latest(language)
    organisation = frame.organisation
    page = Described(title=_("Situations"), type="WebSite", description=organisation.summary if organisation else "")
    context = {"page": page, "frame": frame, "here": "home", "rows": rows, "scale": scale}
    return render(request, "timeline/home.html", context | {"latest": latest, "stories": stories})


@kept
@public_page
def situation(request, slug):
    language = translation.get_language()
    shown = Filter.read(request.GET, language=language, situation=slug)
    frame = frame_of(slug, language=language)
    before = request.GET.get("before", "")
    page = described_list(shown, frame.situation, before=before)
    context = {"page": page, "frame": frame, "situation": frame.situation, "filter": shown}
    if shown.is_empty and not before:
        return render(request, "timeline/situation.html", context | timeline_of(shown, language=language))
    return render(request, "timeline/list.html", context | results_of(shown, before=before))


@kept
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


def described_list(shown, place, *, before):
    path = shown.address(before=before).removeprefix(f"/{shown.language}/")
    crumbs = [(_("Situations"), "")]
    if place is None:
        title = _("All updates") if shown.is_empty else shown.words()
        return Described(title=title, path=path, type="CollectionPage", crumbs=crumbs)
    title = place.title if shown.is_empty else f"{place.title}: {shown.words()}"
    language = place.text_language if shown.is_empty and not before else ""
    return Described(
        title=title,
        path=path,
        description=place.summary if shown.is_empty else "",
        language=language,
        type="CollectionPage",
        crumbs=[*crumbs, (place.title, f"{place.slug}/")],
        image=card_picture(place),
    )


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
    context |= {"citation": cited(entry, by=frame.name, address=address), **shared(address)}
    return render(request, "timeline/update.html", context)


@public_page
@cache_control(no_store=True)
def story(request, situation, slug):
    return story_page(request, find("story", slug=slug, situation=situation, language=translation.get_language()))


@shows("story")
def story_page(request, entry, situation=None):
    frame = frame_of(entry.situation, language=entry.language, unreleased=situation)
    page = described_story(entry, frame)
    address = page.address(entry.language, origin=origin_of(request))
    context = {
        "page": page,
        "frame": frame,
        "situation": frame.situation,
        "entry": entry,
        "original": entry.facts["original"],
        "sources": [credit for credit in entry.facts["credits"] if credit["role"] == "source"],
        "translated_into": entry.spoken.get("body") or entry.spoken.get("summary") or entry.language,
        "citation": cited(entry, by=frame.name, address=address),
    }
    return render(request, "timeline/story.html", context | shared(address))


def path_of(entry):
    return entry.address_in("").removeprefix("//")


def crumbs_of(frame):
    return [(_("Situations"), ""), (frame.situation.title, f"{frame.situation.slug}/")]


def described_update(entry, frame):
    corrections = [
        {"@type": "CorrectionComment", "text": one["note"]["text"], "datePublished": one["at"]}
        for one in entry.facts["corrections"]
    ]
    facts = {
        "headline": entry.title,
        "datePublished": dates.in_data(entry.date, entry.precision),
        "dateModified": entry.changed.isoformat(timespec="seconds"),
        "correction": corrections,
        "author": {"@type": "Organization", "name": frame.name},
    }
    return Described(
        title=entry.title,
        path=path_of(entry),
        description=entry.summary or entry.subtitle or to_plain(entry.body)[:200],
        language=entry.text_language,
        type=ARTICLES.get(family_of(entry.kind), "NewsArticle"),
        facts={name: fact for name, fact in facts.items() if fact},
        crumbs=[*crumbs_of(frame), (entry.title, path_of(entry))],
        image=card_picture(entry),
    )


def described_story(entry, frame):
    """Nothing of what was told: titles of tabs, cards and histories are read over shoulders."""
    title = _("Testimony in %(language)s") % {"language": language_name(entry.original_language)}
    return Described(
        title=title,
        path=path_of(entry),
        language=entry.text_language if entry.title else "",
        type="Article",
        facts={"headline": title},
        crumbs=crumbs_of(frame),
    )


def card_picture(entry):
    """The path of the picture that a shared link may show; none where a content note stands before it."""
    if not entry.in_card or entry.facts["content_note"]:
        return ""
    drawn = [one for picture in entry.facts["pictures"] for one in picture["renditions"] if one["type"] == "image/jpeg"]
    return settings.MEDIA_URL + drawn[-1]["name"] if drawn else ""


def shared(address):
    """Plain links by which a reader may pass the address on; nothing is asked of anybody before."""
    links = [(name, form.format(quote(address, safe=""))) for name, form in SHARED_ON.items()]
    return {"share_by_mail": f"mailto:?body={quote(address, safe='')}", "share_links": links}


# --- Pages that stay --------------------------------------------------------------------------


FIXED = {
    "safety": gettext_lazy("Reading safely"),
    "privacy": gettext_lazy("What we keep about you"),
    "about": gettext_lazy("Who we are"),
}


@kept
@public_page
def fixed(request, name):
    page = Described(title=str(FIXED[name]), path=f"{name}/")
    return render(request, f"timeline/{name}.html", {"page": page, "onion": settings.ONION_HOST})


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
