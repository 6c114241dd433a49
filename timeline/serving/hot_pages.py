"""A WSGI layer in front of Django: answers pages that were just drawn as bytes, without asking Django anything.

It keeps whole answers, with every header that Django's middleware gave them, and only those of `cache_public_page`:
they depend on the address, the encoding, what is public, and the day. Before each answer it asks whether what is public
is still the same: SQLite says so itself in microseconds, any other database is asked at most each quarter of a second.
What was released or withdrawn is therefore seen by every process within that time.
Not here: what a page depends on and the cache that processes share (`caching.py`).
"""

import logging
import sqlite3
import threading
import time
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from .caching import CACHE_CONTROL_REVALIDATE, VERSION_KEY, choose_encoding, get_public_version

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.25
MAX_BYTES = 24 * 1024 * 1024  # of pages as many as the site has
MAX_FILTERED_BYTES = 8 * 1024 * 1024  # of pages with a query, of which anybody can think up as many as they like
MAX_PAGE_BYTES = 1024 * 1024
DAY = 24 * 3600


# --- What is public ---------------------------------------------------------------------------


class VersionWatch:
    """Knows the version of everything public; one for each thread, since a connection of SQLite is a thread's own."""

    def __init__(self):
        self.database = open_database()
        self.change = self.version = None
        self.until = 0.0

    def get(self):
        """(version, day) as they are now, for `HotPage.version`; None where the database does not answer."""
        now = time.time()
        change = self.read_change(now)
        if change != self.change or now >= self.until:
            self.renew(change, now)
        return self.version

    def read_change(self, now):
        """What differs after each commit of anybody: a number of SQLite's, or else the quarter of the second."""
        if self.database is None:
            return int(now / POLL_SECONDS)
        try:
            return self.database.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error:
            return int(now / POLL_SECONDS)

    def renew(self, change, now):
        # The change was read first: what is committed meanwhile makes the next look another.
        try:
            version, lifetime = get_public_version()
        except DatabaseError:
            close_old_connections()
            version, lifetime = None, 0
        day, passed = divmod(now, DAY)
        self.change, self.version = change, version and (version, int(day))
        self.until = now + min(lifetime, DAY - passed)


def open_database():
    """A connection of its own to the file of SQLite, to look at and not to read; None for every other database."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or connection.is_in_memory_db():
        return None
    return sqlite3.connect(f"file:{name}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)


# --- Pages ------------------------------------------------------------------------------------


@dataclass(slots=True)
class HotPage:
    """An answer as it was given: `version` is that of what is public and of the day, `tag` its ETag."""

    version: tuple
    status: str
    headers: list
    body: bytes
    tag: str
    not_modified: list | None = None  # the headers with which Django answered 304
    is_used: bool = False


class PageStore:
    """Pages up to a number of bytes; when there is no more room, those nobody asked for since the last time go."""

    def __init__(self, limit):
        self.limit, self.size = limit, 0
        self.pages = {}
        self.guard = threading.Lock()

    def put(self, key, page):
        with self.guard:
            self.remove(key)
            self.pages[key] = page
            self.size += len(page.body)
            while self.size > self.limit:
                self.make_room()

    def remove(self, key):
        if old := self.pages.pop(key, None):
            self.size -= len(old.body)

    def make_room(self):
        for key in [key for key, page in self.pages.items() if not page.is_used] or list(self.pages):
            self.remove(key)
        for page in self.pages.values():
            page.is_used = False


class HotPages:
    """The layer around a WSGI application."""

    def __init__(self, application):
        self.application = application
        self.plain, self.filtered = PageStore(MAX_BYTES), PageStore(MAX_FILTERED_BYTES)
        self.local = threading.local()
        self.is_off = settings.TRIAL  # its sources may change at any moment

    def __call__(self, environ, start_response):
        if self.is_off or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self.application(environ, start_response)
        key = build_key(environ)
        store = self.filtered if environ.get("QUERY_STRING") else self.plain
        page = store.pages.get(key)
        if page is not None and page.version == self.get_version():
            page.is_used = True
            known = environ.get("HTTP_IF_NONE_MATCH")
            if known is None or not may_match(known, page.tag):
                start_response(page.status, page.headers)
                return [page.body]  # of a HEAD the server sends none of it, as when Django answers
            if page.not_modified and known == page.tag:
                start_response("304 Not Modified", page.not_modified)
                return []
        return self.ask(environ, start_response, store, key, page)

    def get_version(self):
        watch = getattr(self.local, "watch", None)
        if watch is None:
            watch = self.local.watch = VersionWatch()
        return watch.get()

    def ask(self, environ, start_response, store, key, known):
        """Asks Django, and keeps the answer if Django says for which version it was drawn."""
        begun = int(time.time() // DAY)
        told = []

        def note(status, headers, exc_info=None):
            told[:] = [status, headers]
            return start_response(status, headers, exc_info)

        answer = self.application(environ, note)
        drawn_for = environ.get(VERSION_KEY)
        if drawn_for and told:
            version = (drawn_for, begun)
            if told[0].startswith("304") and known and known.version == version:
                known.not_modified = list(told[1])
            elif told[0].startswith("200") and environ["REQUEST_METHOD"] == "GET":
                answer = self.keep(answer, store, key, version=version, status=told[0], headers=list(told[1]))
        return answer

    def keep(self, answer, store, key, *, version, status, headers):
        named = {name.lower(): value for name, value in headers}
        if not may_keep(named):
            return answer
        body = b"".join(answer)
        close = getattr(answer, "close", None)
        if close:
            close()
        if len(body) <= MAX_PAGE_BYTES:
            store.put(key, HotPage(version, status, headers, body, named["etag"]))
        return [body]


def may_match(known, tag):
    """Whether an If-None-Match may name this tag; how, is for Django to read."""
    return tag.removeprefix("W/") in known or "*" in known


def may_keep(named):
    """Whether an answer with these headers is the same for everybody who asks in this encoding."""
    return (
        named.get("cache-control") == CACHE_CONTROL_REVALIDATE
        and named.get("vary", "").lower() == "accept-encoding"
        and "etag" in named
        and "set-cookie" not in named
    )


def build_key(environ):
    get = environ.get
    return (
        environ["wsgi.url_scheme"],
        get("HTTP_X_FORWARDED_PROTO", "").partition(",")[0].strip() == "https",
        get("HTTP_HOST"),
        get("PATH_INFO"),
        get("QUERY_STRING"),
        choose_known_encoding(get("HTTP_ACCEPT_ENCODING", "")),
    )


choose_known_encoding = lru_cache(maxsize=256)(choose_encoding)
