"""What is said where there is no page."""

from django.http import HttpResponsePermanentRedirect
from django.shortcuts import render

from timeline.search.facets import BadFilter
from timeline.serving.typed_addresses import find_meant_path


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
    meant = find_meant_path(request.path) if request.method in {"GET", "HEAD"} else ""
    if meant:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{meant}?{query}" if query else meant)
    return render_error(request, "404.html", status=404)


def page_gone(request):
    return render_error(request, "410.html", status=410)


def server_error(request):
    """Without the database, which may be what fails."""
    return render_error(request, "500.html", status=500)
