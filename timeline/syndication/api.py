"""The read-only interface for programs: the same `Filter`, the same records as the files, a page at a time.

django-ninja knows the addresses and writes the description from them and from `schemas.py`. Records go out as
`records.py` made them: they are ours, and to validate each again would cost more than to read it.
"""

import datetime as dt
from functools import wraps
from typing import Annotated, Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI, Path, Query

from publishing.lookup import EntryGone
from publishing.models import Entry
from publishing.text.cleaning import clean_line
from timeline.search.facets import BadFilter
from timeline.search.filters import Filter
from timeline.search.results import FilterResults
from timeline.serving.caching import cache_public_page
from timeline.serving.item_numbers import ITEM_TYPES, get_numbered_entry
from timeline.serving.origin import get_origin

from . import schemas
from .record_fields import build_record
from .records import DATA_DEFERRED_FIELDS

API_PAGE_SIZE = 50
CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT_HEADERS = CORS_HEADERS | {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}

# Its own page of documentation fetches from elsewhere; ours is `api_docs.py`.
api = NinjaAPI(
    title=gettext_lazy("Updates and testimonies"),
    version="1",
    description=schemas.API_DESCRIPTION,
    docs_url=None,
    openapi_url=None,
)


# --- How it answers ---------------------------------------------------------------------------


def allow_any_origin(view, *, is_list=False):
    """Wraps a view that returns data: for reading only, open to pages of every origin, kept like a page."""

    kept_view = cache_public_page(view)
    known = {*(schemas.EntriesQuery if is_list else schemas.LanguageQuery).model_fields}

    @wraps(view)
    def answer(request, **place):
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=PREFLIGHT_HEADERS)
        if request.method not in {"GET", "HEAD"}:
            return build_problem_response(405, _("This interface is read-only."), Allow="GET, HEAD, OPTIONS")
        if unknown := sorted(request.GET.keys() - known):
            # Passed over, a mistyped filter would look like one that everything matches.
            return build_problem_response(400, _("There is no parameter “%s” here.") % clean_line(unknown[0])[:40])
        return set_cors_headers(kept_view(request, **place))

    return answer


def set_cors_headers(response):
    for name, value in CORS_HEADERS.items():
        response[name] = value
    return response


def build_problem_response(status, detail, **headers):
    return set_cors_headers(
        JsonResponse({"detail": detail}, status=status, headers={"Cache-Control": "no-cache"} | headers)
    )


@api.exception_handler(BadRequest)
def handle_bad_request(request, error):
    return build_problem_response(400, str(error))


@api.exception_handler(Http404)
@api.exception_handler(Entry.DoesNotExist)
def handle_not_found(request, error):
    return build_problem_response(404, _("There is nothing here."))


@api.exception_handler(EntryGone)
def handle_gone(request, error):
    return build_problem_response(
        410, _("This was withdrawn."), **{"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    )


def register_read_view(address, *, summary, **answers):
    """Registers a view `(request, asked, …)` that returns data. HEAD answers like GET and is not described."""

    def register(view):
        spoken = activate_requested_language(view)
        api.api_operation(["HEAD"], address, include_in_schema=False)(spoken)
        return api.get(address, operation_id=view.__name__, summary=summary, **answers)(spoken)

    return register


def activate_requested_language(view):
    """Speaks the language of the address, not that of the browser."""

    @wraps(view)
    def answer(request, asked, **place):
        language = asked.language or settings.LANGUAGE_CODE
        if language not in dict(settings.LANGUAGES):
            raise BadRequest(
                _("“language” is not one of this site's languages: %s.") % ", ".join(dict(settings.LANGUAGES))
            )
        with translation.override(language):
            told = view(request, asked, **place)
            response = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
        response["Content-Language"] = language
        if told.get("next"):
            response["Link"] = f'<{told["next"]}>; rel="next"'  # RFC 8288
        return response

    return answer


# --- Addresses --------------------------------------------------------------------------------


@register_read_view(
    "/situations", summary=gettext_lazy("All situations."), **schemas.build_responses(schemas.Situations)
)
def list_situations(request, asked: Query[schemas.LanguageQuery]):
    origin, language = get_origin(request), translation.get_language()
    shown = (
        Entry.objects.public(channel="feed").filter(type="situation", language=language).defer(*DATA_DEFERRED_FIELDS)
    )
    in_order = sorted(shown, key=lambda entry: (entry.facts["archived"], entry.facts["order"], entry.number))
    return {"results": [build_record(schemas.Situation, entry, origin=origin) for entry in in_order], "next": None}


@register_read_view(
    "/entries",
    summary=gettext_lazy("Updates, testimonies and other news, newest first."),
    **schemas.build_responses(schemas.Entries),
)
def list_entries(request, asked: Query[schemas.EntriesQuery]):
    origin, language = get_origin(request), translation.get_language()
    query_filter = Filter.from_query(request.GET, language=language)
    changed = parse_moment(asked.changed_since)
    results = FilterResults(query_filter, channel="feed", changed_since=changed)
    page = results.get_page(asked.before, size=API_PAGE_SIZE, unread=DATA_DEFERRED_FIELDS)
    more = {"before": page.cursor, "changed_since": asked.changed_since, "language": language}
    return {
        "results": [build_record(schemas.Entry, entry, origin=origin) for entry in page.entries],
        "next": f"{origin}{request.path}?{query_filter.query(**more)}" if page.cursor else None,
        "count": results.count(),
    }


def parse_moment(text):
    """The aware moment of “changed_since”, midnight UTC for a day; None for nothing."""
    if not text:
        return None
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadFilter(_("“changed_since” is not a day or a moment such as 2020-08-14T10:00:00Z.")) from None
    return at if timezone.is_aware(at) else at.replace(tzinfo=dt.UTC)


EntryNumber = Annotated[int, Path(alias="id", description=gettext_lazy("The number of an item, as in a list."))]


@register_read_view(
    "/entries/{int:id}", summary=gettext_lazy("One of them."), **schemas.build_responses(schemas.Entry, 404, 410)
)
def get_entry(request, asked: Query[schemas.LanguageQuery], number: EntryNumber):
    language = translation.get_language()
    entry = get_numbered_entry(number, language=language, channel="feed", types=ITEM_TYPES)
    return build_record(schemas.Entry, entry, origin=get_origin(request))


@register_read_view(
    "/openapi.json", summary=gettext_lazy("This description."), **schemas.build_responses(dict[str, Any])
)
def get_openapi(request, asked: Query[schemas.LanguageQuery]):
    return build_openapi_description(origin=get_origin(request))


def build_openapi_description(*, origin):
    """The whole description, in the language in which it is printed."""
    told = api.get_openapi_schema(path_prefix="") | {"servers": [{"url": f"{origin}/api/v1"}]}
    for parameters in schemas.PARAMETER_SCHEMAS:
        del told["components"]["schemas"][parameters.__name__]  # they stand with each address
    return told


def api_not_found(request, rest=""):
    """Programs that mistype an address are told so in the form they read."""
    return handle_not_found(request, None)


api_views = {str(route.pattern): route.callback for route in api.urls[0]} | {
    "": api_not_found,
    "<path:rest>": api_not_found,
}
urlpatterns = [
    path(address, allow_any_origin(view, is_list=address == "entries")) for address, view in api_views.items()
]
