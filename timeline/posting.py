"""Readers never wait for whoever posts: of the threads of a process only half may read what somebody sends.

A server gives a request its thread before the body is there, and waits for slow ones. Who comes when all places are
taken is told to come back, without a byte of the body being read. Not here: slow headers, which the server ends.
"""

import io
import threading

from django.conf import settings

from timeline.mirror.failover import build_retry_response

REFUSED = "ohrm.no_place_for_posting"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def limit_posting(answer, *, places=None):
    """Wraps a WSGI application; `places` are for requests with a body, readers are not counted."""
    room = threading.BoundedSemaphore(places or settings.MAX_POSTING)

    def application(environ, start_response):
        if not brings_body(environ):
            return answer(environ, start_response)
        if not room.acquire(blocking=False):
            empty = {"CONTENT_LENGTH": "0", "wsgi.input": io.BytesIO(), REFUSED: True}
            return answer(environ | empty, start_response)
        try:
            return answer(environ, start_response)
        finally:
            room.release()

    return application


def brings_body(environ):
    length = environ.get("CONTENT_LENGTH") or "0"
    return environ["REQUEST_METHOD"] not in SAFE_METHODS or length != "0" or bool(environ.get("HTTP_TRANSFER_ENCODING"))


class PostingLimitMiddleware:
    """Answers 503 to those for whom there was no place; near the view, so that it gets the headers of other answers."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return build_retry_response(request) if REFUSED in request.META else self.get_response(request)
