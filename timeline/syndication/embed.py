"""The newest items of a timeline as a light page that other sites may show in a frame.

The only page that may be framed: it has no form, no script and nothing that a click could change here. Of a
testimony it says that there is one, since its content note does not stand on the page around.
"""

from csp.decorators import csp_replace
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_exempt

from timeline.pages.decorators import public_page
from timeline.search.filter_words import FilterWords
from timeline.search.filters import Filter
from timeline.search.results import LIST_DEFERRED_FIELDS, FilterResults
from timeline.serving.caching import cache_public_page
from timeline.serving.origin import get_origin
from timeline.serving.page_frame import get_situation_frame

EMBED_SIZE = 10
ANY_FRAME_ANCESTOR = {"frame-ancestors": ["*"]}


def embed(request, situation):
    """What is said where there is no such page has a form, and is as closed to frames as any other."""
    response = render_embed(request, situation=situation)
    return allow_framing(request, response) if response.status_code in {200, 304} else response


@xframe_options_exempt
@csp_replace(ANY_FRAME_ANCESTOR)
def allow_framing(request, response):
    return response


@cache_public_page
@public_page
def render_embed(request, situation):
    language = get_language()
    asked = Filter.from_query(request.GET, language=language, situation=situation)
    query_filter = asked.changed(since=None, order=None)
    frame = get_situation_frame(situation, language=language)
    page = FilterResults(query_filter, channel="feed").get_page(
        size=EMBED_SIZE, unread=[*LIST_DEFERRED_FIELDS, "fragment"]
    )
    context = {
        "frame": frame,
        "situation": frame.situation,
        "filter": query_filter,
        "words": FilterWords(query_filter),
        "entries": page.entries,
        "canonical": get_origin(request) + get_timeline_path(query_filter),
    }
    response = render(request, "timeline/embed.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def get_timeline_path(query_filter):
    """The path of the whole timeline, without what the frame is narrowed to."""
    return f"/{query_filter.language}/{query_filter.situation}/"
