"""The newest items of a timeline as a light page that other sites may show in a frame.

The only page that may be framed: it has no form, no script and nothing that a click could change here. Of a
testimony it says that there is one, since its content note does not stand on the page around.
"""

from csp.decorators import csp_replace
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_exempt

from timeline.pages.views import frame_of, public_page
from timeline.search.filters import UNSHOWN, Filter
from timeline.serving.caching import kept
from timeline.sharing.metadata import origin_of

SIZE = 10
ANYWHERE = {"frame-ancestors": ["*"]}


def embed(request, situation):
    """What is said where there is no such page has a form, and is as closed to frames as any other."""
    response = newest(request, situation=situation)
    return opened(request, response) if response.status_code in {200, 304} else response


@xframe_options_exempt
@csp_replace(ANYWHERE)
def opened(request, response):
    return response


@kept
@public_page
def newest(request, situation):
    language = get_language()
    shown = Filter.read(request.GET, language=language, situation=situation).changed(since=None, order=None)
    frame = frame_of(situation, language=language)
    entries = shown.page(size=SIZE, channel="feed", unread=[*UNSHOWN, "fragment"]).entries
    context = {"frame": frame, "situation": frame.situation, "filter": shown, "entries": entries}
    response = render(request, "timeline/embed.html", context | {"canonical": origin_of(request) + timeline_of(shown)})
    response["X-Robots-Tag"] = "noindex"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def timeline_of(shown):
    """The path of the whole timeline, without what the frame is narrowed to."""
    return f"/{shown.language}/{shown.situation}/"
