"""What every view of a public page does besides finding and rendering."""

from functools import wraps

from django.http import Http404, HttpResponsePermanentRedirect
from django.views.decorators.http import require_safe

from publishing.lookup import EntryGone, EntryMoved
from publishing.models import Entry
from timeline.search.facets import BadFilter

from .errors import bad_request, page_gone


def public_page(view):
    """Answers what `resolve_entry` and `Filter.from_query` may raise as HTTP says it."""

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
