"""One decorator, `cache_public_page`: answers 304 to who has the page already, and keeps hot pages as compressed bytes.

The tag of a page is made of what the whole page depends on: the newest release, the last moment at which
the clock alone changed something, the address, and the sources that draw it. A release therefore makes
every older page unreachable on every server, and nothing has to be purged. Nobody may keep a page longer
than that: browsers and proxies have to ask each time (`max-age=0`), or a withdrawn item would stay with them.

What differs from reader to reader is never kept: pages never look at a cookie, and an answer that sets
one, or says `no-store`, passes through as it is. No secret stands on a public page, so its compression
gives none away.
"""

import gzip
import hashlib
import logging
import re
from dataclasses import dataclass
from functools import lru_cache, partial, wraps

import brotli
from django.conf import settings
from django.core.cache import cache
from django.db.models import Subquery
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from publishing.models import Entry, Release
from timeline.search.facets import FACETS

logger = logging.getLogger(__name__)

CACHE_SECONDS = 60  # seconds, for what may change without a release, such as a setting
MAX_FILTERED_PAGES = 500  # pages with a query that are kept in each such span, so that junk cannot fill the memory
# In the environ of a request: the version that the answer is drawn for, if `hot_pages.py` may keep it.
VERSION_KEY = "ohrm.page_version"
QUERY_PARAMETERS = {*FACETS, "q", "since", "changed_since", "before", "order", "language"}
CACHE_CONTROL_REVALIDATE = "public, max-age=0, must-revalidate"
SOURCE_PATTERNS = (
    "templates/**/*.html",
    "locale/**/*.mo",
    "timeline/static/**/*.css",
    "timeline/**/*.py",
    "publishing/**/*.py",
    "newsletter/**/*.py",
)


def cache_public_page(view=None, *, also=lambda: "", is_hot=True):
    """Wraps a view of a public page; only GET and HEAD, only answers with 200 and without cookies are kept.

    `also` is asked each time for a word on what the page depends on besides releases and the clock. Where that is more
    than the day, `is_hot` says that the page is not to be answered without asking (`hot_pages.py`).
    """
    if view is None:
        return partial(cache_public_page, also=also, is_hot=is_hot)

    @wraps(view)
    def answer(request, *args, **kwargs):
        if request.method not in {"GET", "HEAD"}:
            return view(request, *args, **kwargs)
        page = PageVersion.from_request(request, also())
        if is_hot and page.lifetime:
            request.META[VERSION_KEY] = page.version
        if page.tag in parse_etags(request.headers.get("If-None-Match", "")):
            return set_cache_headers(HttpResponseNotModified(), page)
        stored = get_from_cache(page.key)
        if stored:
            return set_cache_headers(restore_response(stored), page)
        response = view(request, *args, **kwargs)
        return store_response(response, page) if is_cacheable(response) else response

    return answer


# --- What a page depends on -------------------------------------------------------------------


@dataclass(frozen=True)
class PageVersion:
    """A page as it is at this moment: `tag` names its content, `key` its bytes in one encoding."""

    tag: str
    key: str
    encoding: str
    has_query: bool
    lifetime: int
    version: str = ""

    @classmethod
    def from_request(cls, request, also):
        version, lifetime = get_public_version()
        parts = [get_source_digest(), version, str(also), request.scheme, request.get_host(), request.get_full_path()]
        digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
        encoding = choose_encoding(request.headers.get("Accept-Encoding", ""))
        # A page may repeat its own query in links: what no view reads must not be kept and shown to others.
        lifetime = lifetime if set(request.GET) <= QUERY_PARAMETERS else 0
        return cls(f'W/"{digest}"', f"page:{digest}:{encoding}", encoding, bool(request.GET), lifetime, version)


def get_public_version():
    """(version of everything public, seconds for which it may hold): releases and the clock, nothing else.

    The moment of the newest release stands beside its number, which a restored backup may give again. The
    newest entry counts too, since entries may be drawn anew without a release. One query.
    """
    now = timezone.now()
    entry = Entry.objects.order_by("-pk").values("pk")[:1]
    moments = [
        build_moment_subquery(name, way, now=now) for way in ("lte", "gt") for name in ("visible_from", "visible_until")
    ]
    row = Release.objects.order_by("-pk").values_list("pk", "at", *map(Subquery, [entry, *moments])).first()
    *past, begins, ends = row or [None] * 7
    following = min(filter(None, [begins, ends]), default=None)
    left = int((following - now).total_seconds()) if following else CACHE_SECONDS
    return " ".join(map(str, past)), min(left, CACHE_SECONDS)


def build_moment_subquery(name, way, *, now):
    """The nearest moment before or after now at which an entry begins or ends, as a subquery."""
    order = f"-{name}" if way == "lte" else name
    return Entry.objects.filter(**{f"{name}__{way}": now}).order_by(order).values(name)[:1]


def get_source_digest():
    """A digest of what draws the pages; on a trial they may change at any moment."""
    return compute_code_digest.__wrapped__() if settings.TRIAL else compute_code_digest()


@lru_cache(maxsize=1)
def compute_code_digest():
    digest = hashlib.sha256(repr([settings.SITE_URL, settings.ONION_HOST, settings.LANGUAGES]).encode())
    for pattern in SOURCE_PATTERNS:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


# --- Bytes ------------------------------------------------------------------------------------

COMPRESSORS = {
    "br": lambda body, effort: brotli.compress(body, mode=brotli.MODE_TEXT, quality=effort),
    "gzip": lambda body, effort: gzip.compress(body, compresslevel=effort, mtime=0),
    "identity": lambda body, effort: body,
}
# Of a page for many readers each byte counts; one that is sent once should not cost more time than it takes to draw.
BLANK_LINES = re.compile(rb"\n\s*\n")  # of templates; no page has text in which they mean something
CACHED_EFFORT, UNCACHED_EFFORT = {"br": 10, "gzip": 9}, {"br": 5, "gzip": 6}


def choose_encoding(header):
    """The best encoding that an Accept-Encoding allows (RFC 9110, section 12.5.3)."""
    wanted = {}
    for part in header.lower().split(","):
        name, _semicolon, weight = part.partition(";")
        wanted[name.strip()] = weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return next((name for name in ("br", "gzip") if wanted.get(name, wanted.get("*", False))), "identity")


def compress_page(view):
    """Wraps a view of a page that nobody may keep, so that at least it travels light."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if response.status_code != 200 or response.streaming or response.cookies:
            return response
        encoding = choose_encoding(request.headers.get("Accept-Encoding", ""))
        body = COMPRESSORS[encoding](response.content, UNCACHED_EFFORT.get(encoding))
        light = restore_response((dict(response.items()), encoding, body))
        patch_vary_headers(light, ["Accept-Encoding"])
        return light

    return answer


def is_cacheable(response):
    if response.status_code != 200 or response.streaming or response.cookies:
        return False
    return "no-store" not in response.get("Cache-Control", "") and "Content-Encoding" not in response


def store_response(response, page):
    """The answer in the encoding the reader takes; its bytes are remembered where there is room."""
    if hasattr(response, "render"):
        response = response.render()
    headers = dict(response.items())
    is_page = headers.get("Content-Type", "").startswith("text/html")
    content = BLANK_LINES.sub(b"\n", response.content) if is_page else response.content
    is_kept = page.lifetime > 0 and has_cache_room(page)
    effort = (CACHED_EFFORT if is_kept else UNCACHED_EFFORT).get(page.encoding)
    body = COMPRESSORS[page.encoding](content, effort)
    if is_kept:
        set_in_cache(page.key, (headers, page.encoding, body), page.lifetime)
    return set_cache_headers(restore_response((headers, page.encoding, body)), page)


def restore_response(stored):
    headers, encoding, body = stored
    response = HttpResponse(body, headers=headers)
    if encoding != "identity":
        response["Content-Encoding"] = encoding
    response["Content-Length"] = len(body)
    return response


def set_cache_headers(response, page):
    response["ETag"] = page.tag
    response["Cache-Control"] = CACHE_CONTROL_REVALIDATE
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


# --- Memory -----------------------------------------------------------------------------------


def has_cache_room(page):
    """Pages without a query are as many as the site has; those with one are as many as anybody likes to ask for."""
    return not page.has_query or reserve_cache_slot("filtered")


def reserve_cache_slot(name):
    """Whether one more thing of this sort may be kept in this span of time; counts it."""
    span = f"{name}:{int(timezone.now().timestamp()) // CACHE_SECONDS}"
    try:
        cache.add(span, 0, 2 * CACHE_SECONDS)
        return cache.incr(span) <= MAX_FILTERED_PAGES
    except Exception:
        return False


def get_from_cache(key):
    """What was remembered; a cache that does not answer is an empty one, since reading must go on."""
    try:
        return cache.get(key)
    except Exception as error:  # whichever the cache behind CACHE_URL may raise
        logger.warning("The cache does not answer: %s", type(error).__name__)
        return None


def set_in_cache(key, value, seconds):
    try:
        cache.set(key, value, seconds)
    except Exception as error:
        logger.warning("The cache does not answer: %s", type(error).__name__)
