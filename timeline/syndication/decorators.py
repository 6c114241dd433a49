"""This module knows which list an address asks for: of one situation or of all, in one language, filtered.

For the lists that are data (feeds, files); pages say the same in their own way.
"""

from functools import wraps

from django.http import Http404
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from publishing.lookup import EntryGone, resolve_entry
from publishing.models import Entry
from timeline.search.filters import Filter
from timeline.serving.media import build_gone_response


def with_list_filter(view):
    """Wraps a view `(request, query_filter, …)` for addresses below /LL/S/ and /LL/search/, which say the `Filter`.

    A situation that never was answers 404, one that was withdrawn 410; a query that cannot be meant 400.
    """

    @require_safe
    @wraps(view)
    def answer(request, situation="", **place):
        try:
            response = view(request, get_list_filter(request, situation), **place)
        except EntryGone:
            return build_gone_response()
        except Entry.DoesNotExist:
            raise Http404 from None
        # Public data, without cookies: a page of any origin may read them.
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return answer


def get_list_filter(request, situation):
    language = get_language()
    if situation:
        resolve_entry("situation", slug=situation, language=language)
    return Filter.from_query(request.GET, language=language, situation=situation)
