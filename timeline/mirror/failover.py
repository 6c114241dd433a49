"""While the database cannot be asked, the public pages are read from the last mirror on the disk.

The mirror holds what may be copied and nothing else, so a testimony whose teller did not allow copies is not there.
A mirror in which something stands that was withdrawn since, or has run out since, is not shown at all: better no
page than that one. Forms and the desk say that they have to wait. Not here: how a mirror is made (`build.py`).
"""

import logging
import mimetypes
import time
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import FileResponse, HttpResponse
from django.utils import timezone

from audit import erasures
from timeline.pages.views import nothing
from timeline.serving.caching import PARAMETERS, compressed
from timeline.serving.media import guarded

from . import signature
from .link_rewriting import file_of

logger = logging.getLogger(__name__)

AGAIN = 5  # seconds until the database is asked once more
DESK = "/admin/"
BUILDING = "ohrm.building_a_mirror"  # in the environ of a request that must not be answered out of the mirror before
# What the tables of the machine may not know.
KINDS = {
    ".atom": "application/atom+xml",
    ".rss": "application/rss+xml",
    ".json": "application/json",
    ".webp": "image/webp",
    ".avif": "image/avif",
}


class ReadOn:
    """The innermost middleware: what it answers gets every header that other answers have."""

    lost_until = 0.0

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if time.monotonic() < self.lost_until and request.method in {"GET", "HEAD"}:
            found = from_mirror(request)
            if found:
                return found
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, OperationalError | InterfaceError) or BUILDING in request.META:
            return None
        if request.method not in {"GET", "HEAD"}:
            return later(request)  # a write may fail where reading goes on
        if time.monotonic() >= self.lost_until:
            logger.error("The database does not answer: %s.", type(exception).__name__)
        self.lost_until = time.monotonic() + AGAIN
        return from_mirror(request) or later(request)


def later(request):
    response = nothing(request, "500.html", status=503)
    response["Retry-After"] = "60"
    return response


# --- Reading ----------------------------------------------------------------------------------


def from_mirror(request):
    """The answer to a public address out of the mirror, or None."""
    file = file_in_mirror(address_of(request))
    if file is None:
        return None
    if request.path.startswith(settings.MEDIA_URL):
        shown = kind_of(file).startswith("image/")
        picture = FileResponse(file.open("rb"), content_type=kind_of(file), as_attachment=not shown, filename=file.name)
        return guarded(picture, tag=f'"{file.name}"')
    response = compressed(lambda _request: HttpResponse(file.read_bytes(), content_type=kind_of(file)))(request)
    response["Cache-Control"] = "no-store"
    return response


def address_of(request):
    """The address without what no view reads, such as the marks that other sites add to links."""
    known = {name: values for name, values in request.GET.lists() if name in PARAMETERS - {"since"}}
    return quote(request.path) + (f"?{urlencode(known, doseq=True)}" if known else "")


def file_in_mirror(address):
    """The file of an address as a `Path`, or None where there is none or the mirror may not be shown."""
    inside = file_of(address)
    if not (settings.MIRROR_DIR and inside) or address.startswith(DESK):
        return None
    folder = Path(settings.MIRROR_DIR).absolute()
    file = folder / inside
    try:
        return file if file.is_file() and folder in file.parents and may_be_shown(folder) else None
    except (OSError, ValueError):  # a name that no disk can hold
        return None


def kind_of(file):
    known = KINDS.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"{known}; charset=utf-8" if known.startswith("text/") else known


def may_be_shown(folder):
    """Whether nothing in the mirror was taken back or ran out since it was made."""
    since, until = standing(folder, changed(folder / signature.MANIFEST), changed(erasures.path()))
    return since and (until is None or timezone.now() < until)


@lru_cache(maxsize=2)
def standing(folder, _made, _erased):
    """(whether nothing was withdrawn since, the moment until which all of it may be read); read once a change."""
    facts = signature.facts_of(folder)
    if "begun" not in facts:
        return False, None
    begun = datetime.fromisoformat(facts["begun"])
    taken_back = [one for one in erasures.remembered() if one.what != erasures.SUBSCRIBER and one.at >= begun]
    return not taken_back, datetime.fromisoformat(facts["until"]) if facts.get("until") else None


def changed(path):
    """When a file was last written, in nanoseconds; 0 where there is none."""
    return path.stat().st_mtime_ns if path.exists() else 0
