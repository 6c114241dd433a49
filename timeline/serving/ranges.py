"""This module knows how to send a part of a file, so that a broken download goes on where it ended (RFC 9110, 14).

One range only: who asks for several is sent the whole file, as the standard allows.
"""

import os
import re

from django.http import FileResponse, HttpResponse, StreamingHttpResponse

RANGE = re.compile(r"bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))")
CHUNK = 64 * 1024


def build_file_response(request, stored, *, tag, **options):
    """The file, or the part of it that the request asks for; `stored` is closed when it was sent."""
    size = stored.seek(0, os.SEEK_END)
    stored.seek(0)
    bounds = find_bounds(request, size, tag=tag)
    response = FileResponse(stored, **options)
    response["Accept-Ranges"] = "bytes"
    if bounds is None:
        return response
    first, last = bounds
    if first > last:
        response.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    part = StreamingHttpResponse(read_part(stored, first, last - first + 1), status=206, headers=dict(response.items()))
    part["Content-Range"], part["Content-Length"] = f"bytes {first}-{last}/{size}", str(last - first + 1)
    return part


def find_bounds(request, size, *, tag):
    """(first, last) byte that is asked for, first after last where there is no such part; None for the whole file."""
    asked = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not asked or request.method != "GET" or request.headers.get("If-Range", tag) != tag:
        return None
    start, end, tail = asked.groups()
    if tail is not None:
        return max(size - int(tail), 0) if int(tail) else size, size - 1
    first, last = int(start), min(int(end) if end else size - 1, size - 1)
    return None if end and int(end) < first else (first, last) if first < size else (size, size - 1)


def read_part(stored, first, length):
    with stored:
        stored.seek(first)
        while length > 0 and (chunk := stored.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
