"""The read-only interface for programs: the same `Filter`, the same records as the files, a page at a time.

django-ninja knows the addresses and writes the description from them and from `schemas.py`. Records go out as
`records.py` made them: they are ours, and to validate each again would cost more than to read it.
"""

from functools import wraps
from typing import Annotated, Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI, Path, Query

from publishing.lookup import Gone
from publishing.models import Entry
from timeline.pages.numbers import ITEMS, numbered
from timeline.search.filters import Filter
from timeline.serving.caching import kept
from timeline.sharing.metadata import origin_of

from . import schemas
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

# Its own page of documentation fetches from elsewhere; ours is `api_docs.py`.
interface = NinjaAPI(
    title=gettext_lazy("Updates and testimonies"),
    version="1",
    description=schemas.ABOUT,
    docs_url=None,
    openapi_url=None,
)


# --- How it answers ---------------------------------------------------------------------------


def open_to_all(view):
    """Wraps a view that returns data: for reading only, open to pages of every origin, kept like a page."""

    kept_view = kept(view)

    @wraps(view)
    def answer(request, **place):
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=PREFLIGHT)
        if request.method not in {"GET", "HEAD"}:
            return problem(405, _("This interface is for reading."), Allow="GET, HEAD, OPTIONS")
        return opened(kept_view(request, **place))

    return answer


def opened(response):
    for name, value in OPEN.items():
        response[name] = value
    return response


def problem(status, detail, **headers):
    return opened(JsonResponse({"detail": detail}, status=status, headers={"Cache-Control": "no-cache"} | headers))


@interface.exception_handler(BadRequest)
def not_meant(request, error):
    return problem(400, str(error))


@interface.exception_handler(Http404)
@interface.exception_handler(Entry.DoesNotExist)
def not_found(request, error):
    return problem(404, _("There is nothing here."))


@interface.exception_handler(Gone)
def gone(request, error):
    return problem(410, _("This was withdrawn."), **{"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})


def reading(address, *, summary, **answers):
    """Registers a view `(request, asked, …)` that returns data. HEAD answers like GET and is not described."""

    def register(view):
        spoken = in_its_language(view)
        interface.api_operation(["HEAD"], address, include_in_schema=False)(spoken)
        return interface.get(address, operation_id=view.__name__, summary=summary, **answers)(spoken)

    return register


def in_its_language(view):
    """Speaks the language of the address, not that of the browser."""

    @wraps(view)
    def answer(request, asked, **place):
        language = asked.language or settings.LANGUAGE_CODE
        if language not in dict(settings.LANGUAGES):
            raise BadRequest(_("“language” is none of this site's: %s.") % ", ".join(dict(settings.LANGUAGES)))
        with translation.override(language):
            response = JsonResponse(view(request, asked, **place), json_dumps_params={"ensure_ascii": False})
        response["Content-Language"] = language
        return response

    return answer


# --- Addresses --------------------------------------------------------------------------------


@reading("/situations", summary=gettext_lazy("All situations."), **schemas.answers(schemas.Situations))
def situations(request, asked: Query[schemas.InALanguage]):
    origin, language = origin_of(request), translation.get_language()
    shown = Entry.objects.public(channel="feed").filter(type="situation", language=language).defer(*NEEDLESS)
    in_order = sorted(shown, key=lambda entry: (entry.facts["archived"], entry.facts["order"], entry.number))
    return {"results": [situation_record_of(entry, origin=origin) for entry in in_order], "next": None}


@reading(
    "/entries",
    summary=gettext_lazy("Updates, testimonies and other news, newest first."),
    **schemas.answers(schemas.Entries),
)
def entries(request, asked: Query[schemas.Asked]):
    origin, language = origin_of(request), translation.get_language()
    chosen = Filter.read(request.GET, language=language)
    page = chosen.page(asked.before, size=SIZE, channel="feed", unread=NEEDLESS)
    return {
        "results": [record_of(entry, origin=origin) for entry in page.entries],
        "next": f"{origin}{request.path}?{chosen.query(before=page.cursor, language=language)}"
        if page.cursor
        else None,
    }


Number = Annotated[int, Path(alias="id", description=gettext_lazy("The number of an item, as in a list."))]


@reading("/entries/{int:id}", summary=gettext_lazy("One of them."), **schemas.answers(schemas.Entry, 404, 410))
def entry(request, asked: Query[schemas.InALanguage], number: Number):
    language = translation.get_language()
    return record_of(numbered(number, language=language, channel="feed", types=ITEMS), origin=origin_of(request))


@reading("/openapi.json", summary=gettext_lazy("This description."), **schemas.answers(dict[str, Any]))
def itself(request, asked: Query[schemas.InALanguage]):
    return description(origin=origin_of(request))


def description(*, origin):
    """The whole description, in the language in which it is printed."""
    told = interface.get_openapi_schema(path_prefix="") | {"servers": [{"url": f"{origin}/api/v1"}]}
    for parameters in schemas.PARAMETERS:
        del told["components"]["schemas"][parameters.__name__]  # they stand with each address
    return told


def unknown(request, rest=""):
    """Programs that mistype an address are told so in the form they read."""
    return not_found(request, None)


views = {str(route.pattern): route.callback for route in interface.urls[0]} | {"": unknown, "<path:rest>": unknown}
urlpatterns = [path(address, open_to_all(view)) for address, view in views.items()]
