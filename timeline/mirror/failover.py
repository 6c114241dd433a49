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
from timeline.pages.errors import render_error
from timeline.serving.caching import QUERY_PARAMETERS, compress_page
from timeline.serving.media import set_file_headers

from . import signature
from .link_rewriting import get_mirror_path

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5  # seconds until the database is asked once more
DESK_PREFIX = "/admin/"
BUILDING_FLAG = (
    "ohrm.building_a_mirror"  # in the environ of a request that must not be answered out of the mirror before
)
# What the tables of the machine may not know.
CONTENT_TYPES = {
    ".atom": "application/atom+xml",
    ".rss": "application/rss+xml",
    ".json": "application/json",
    ".webp": "image/webp",
    ".avif": "image/avif",
}


class MirrorFallbackMiddleware:
    """The innermost middleware: what it answers gets every header that other answers have."""

    unavailable_until = 0.0

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if time.monotonic() < self.unavailable_until and request.method in {"GET", "HEAD"}:
            found = get_mirror_response(request)
            if found:
                return found
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, OperationalError | InterfaceError) or BUILDING_FLAG in request.META:
            return None
        if request.method not in {"GET", "HEAD"}:
            return build_retry_response(request)  # a write may fail where reading goes on
        if time.monotonic() >= self.unavailable_until:
            logger.error("The database does not answer: %s.", type(exception).__name__)
        self.unavailable_until = time.monotonic() + RETRY_SECONDS
        return get_mirror_response(request) or build_retry_response(request)


def build_retry_response(request):
    response = render_error(request, "500.html", status=503)
    response["Retry-After"] = "60"
    return response


# --- Reading ----------------------------------------------------------------------------------


def get_mirror_response(request):
    """The answer to a public address out of the mirror, or None."""
    file = find_mirror_file(get_known_address(request))
    if file is None:
        return None
    if request.path.startswith(settings.MEDIA_URL):
        shown = guess_content_type(file).startswith("image/")
        picture = FileResponse(
            file.open("rb"), content_type=guess_content_type(file), as_attachment=not shown, filename=file.name
        )
        return set_file_headers(picture, tag=f'"{file.name}"')
    response = compress_page(lambda _request: HttpResponse(file.read_bytes(), content_type=guess_content_type(file)))(
        request
    )
    response["Cache-Control"] = "no-store"
    return response


def get_known_address(request):
    """The address without what no view reads, such as the marks that other sites add to links."""
    known = {name: values for name, values in request.GET.lists() if name in QUERY_PARAMETERS - {"since"}}
    return quote(request.path) + (f"?{urlencode(known, doseq=True)}" if known else "")


def find_mirror_file(address):
    """The file of an address as a `Path`, or None where there is none or the mirror may not be shown."""
    inside = get_mirror_path(address)
    if not (settings.MIRROR_DIR and inside) or address.startswith(DESK_PREFIX):
        return None
    folder = Path(settings.MIRROR_DIR).absolute()
    file = folder / inside
    try:
        return file if file.is_file() and folder in file.parents and is_mirror_valid(folder) else None
    except (OSError, ValueError):  # a name that no disk can hold
        return None


def guess_content_type(file):
    known = CONTENT_TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"{known}; charset=utf-8" if known.startswith("text/") else known


def is_mirror_valid(folder):
    """Whether nothing in the mirror was taken back or ran out since it was made."""
    since, until = get_mirror_validity(
        folder, get_modified_ns(folder / signature.MANIFEST_FILE), get_modified_ns(erasures.get_erasures_path())
    )
    return since and (until is None or timezone.now() < until)


@lru_cache(maxsize=2)
def get_mirror_validity(folder, _made, _erased):
    """(whether nothing was withdrawn since, the moment until which all of it may be read); read once a change."""
    facts = signature.read_manifest_facts(folder)
    if "begun" not in facts:
        return False, None
    begun = datetime.fromisoformat(facts["begun"])
    taken_back = [one for one in erasures.read_erasures() if one.what != erasures.SUBSCRIBER and one.at >= begun]
    return not taken_back, datetime.fromisoformat(facts["until"]) if facts.get("until") else None


def get_modified_ns(path):
    """When a file was last written, in nanoseconds; 0 where there is none."""
    return path.stat().st_mtime_ns if path.exists() else 0
