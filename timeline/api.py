"""The read-only interface for programs: the same `Filter`, the same records as the files, a page at a time.

Plain views: four addresses with one shape do not earn a framework. What they answer is written down in
`openapi.py`, and a test holds the two together.
"""

from functools import wraps

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _

from publishing.models import Entry
from publishing.standing import Gone

from .caching import kept
from .describing import origin_of
from .filters import Filter
from .numbers import ITEMS, numbered
from .openapi import description
from .records import NEEDLESS, record_of, situation_record_of

SIZE = 50
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = OPEN | {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def open_to_all(view):
    """Wraps a view `(request, language, …)` that returns data: open to pages of every origin.

    Whatever is wrong is answered in JSON too, as {"detail": a sentence}.
    """

    kept_view = kept(in_its_language(view))

    @wraps(view)
    def answer(request, **place):
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=PREFLIGHT)
        if request.method not in {"GET", "HEAD"}:
            return problem(405, _("This interface is for reading."), Allow="GET, HEAD, OPTIONS")
        try:
            return opened(kept_view(request, **place))
        except BadRequest as error:
            return problem(400, str(error))
        except (Http404, Entry.DoesNotExist):
            return problem(404, _("There is nothing here."))
        except Gone:
            return problem(410, _("This was withdrawn."), **{"Cache-Control": "no-store"})

    return answer


def opened(response):
    for name, value in OPEN.items():
        response[name] = value
    return response


def problem(status, detail, **headers):
    return opened(JsonResponse({"detail": detail}, status=status, headers={"Cache-Control": "no-cache"} | headers))


def in_its_language(view):
    """Speaks the language of the address, not that of the browser."""

    def answer(request, **place):
        language = request.GET.get("language") or settings.LANGUAGE_CODE
        if language not in dict(settings.LANGUAGES):
            raise BadRequest(_("“language” is none of this site's: %s.") % ", ".join(dict(settings.LANGUAGES)))
        with translation.override(language):
            data = view(request, language, **place)
        response = JsonResponse(data, json_dumps_params={"ensure_ascii": False})
        response["Content-Language"] = language
        return response

    return answer


@open_to_all
def situations(request, language):
    origin = origin_of(request)
    shown = Entry.objects.public(channel="feed").filter(type="situation", language=language).defer(*NEEDLESS)
    in_order = sorted(shown, key=lambda entry: (entry.facts["archived"], entry.facts["order"], entry.number))
    return {"results": [situation_record_of(entry, origin=origin) for entry in in_order], "next": None}


@open_to_all
def entries(request, language):
    origin = origin_of(request)
    chosen = Filter.read(request.GET, language=language)
    page = chosen.page(request.GET.get("before"), size=SIZE, channel="feed", unread=NEEDLESS)
    return {
        "results": [record_of(entry, origin=origin) for entry in page.entries],
        "next": f"{origin}{request.path}?{chosen.query(before=page.cursor, language=language)}"
        if page.cursor
        else None,
    }


@open_to_all
def entry(request, language, number):
    return record_of(numbered(number, language=language, channel="feed", types=ITEMS), origin=origin_of(request))


@open_to_all
def unknown(request, language, rest=""):
    """Programs that mistype an address are told so in the form they read."""
    raise Http404


@open_to_all
def openapi(request, language):
    return description(origin=origin_of(request))
