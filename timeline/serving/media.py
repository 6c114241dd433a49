"""Serves the files of public items: the only way to a stored file, and only while its item is public.

A file nobody may fetch yet answers exactly as one that never was; one whose item was withdrawn answers 410.
"""

import re

from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from publishing.models import Entry, PublishedFile

from .ranges import build_file_response

FILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}\.[a-z0-9]{1,8}")
# Asked for each time, since a withdrawal has to take effect within seconds; unchanged bytes cost one 304.
MEDIA_CACHE_CONTROL = "public, max-age=0, must-revalidate"
MEDIA_CONTENT_POLICY = "default-src 'none'; sandbox"


class FileGone(Exception):
    """The file was public once."""


@require_safe
def serve_media(request, name):
    try:
        file = get_public_file(name)
    except FileGone:
        return build_gone_response()
    tag = f'"{file.name}"'  # a name is given once, to bytes that never change
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        return set_file_headers(HttpResponseNotModified(), tag=tag)
    return set_file_headers(build_media_response(request, file, tag=tag), tag=tag)


def get_public_file(name):
    """The `PublishedFile` that may be read now; raises `Http404` or `FileGone`."""
    named = PublishedFile.objects.filter(pk=name if FILE_NAME.fullmatch(name) else "")
    file = named.public().first()
    if file and Entry.objects.public().filter(uid=file.uid).exists():
        return file
    if named.filter(Q(visible_from=None) | Q(visible_from__lte=timezone.now()) | Q(gone=True)).exists():
        raise FileGone
    raise Http404


def build_media_response(request, file, *, tag):
    """The bytes, under the type they were written with; what is not a picture is saved, not shown."""
    try:
        stored = default_storage.open(file.name)
    except FileNotFoundError:
        raise Http404 from None
    shown = file.type.startswith("image/")
    options = {"content_type": file.type, "as_attachment": not shown, "filename": file.name}
    return build_file_response(request, stored, tag=tag, **options)


def set_file_headers(response, *, tag):
    response["ETag"] = tag
    response["Cache-Control"] = MEDIA_CACHE_CONTROL
    response["Content-Security-Policy"] = MEDIA_CONTENT_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def build_gone_response():
    """For what is no page: nothing to show, nothing to keep."""
    response = HttpResponse(status=410, content_type="text/plain")
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Content-Security-Policy"] = MEDIA_CONTENT_POLICY
    return response
