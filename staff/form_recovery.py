"""Saves what somebody typed when the desk could not take it: the session was over, or the proof too old.

The words travel back to the browser in a page with one button that sends them again; nothing is
stored here. Only a form that came from our own page is shown again, so that nobody can put words
into an editor's hand.
"""

from django.shortcuts import render
from django.views.decorators.cache import never_cache

PRIVATE_FIELDS = {"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword", "code", "credential"}
STATUS_BY_REASON = {"ended": 401, "stale": 403, "token": 403}


def is_same_origin(request):
    """Whether the browser says that the form was one of ours; a browser that does not say is not believed."""
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    # Compared as it stands: what a stranger sends there need not be an address at all.
    return f"{source}/".startswith(f"{request.scheme}://{request.get_host()}/")


@never_cache
def render_recovered_form(request, door, *, why):
    """A page with all that was sent, and a link to `door`. `why` is "ended", "stale" or "token"."""
    return render(
        request,
        "staff/form_recovery.html",
        {
            "door": door,
            "why": why,
            "fields": [
                (name, value) for name, values in request.POST.lists() if name not in PRIVATE_FIELDS for value in values
            ],
            "files": [upload.name for upload in request.FILES.values()],
            "action": request.get_full_path(),
        },
        status=STATUS_BY_REASON[why],
    )
