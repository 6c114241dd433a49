"""The sitemap: every public page in every language, with its other languages and the day of its last change.

Up to `MOST` addresses stand in one file; above that /sitemap.xml is the index of numbered files
(sitemaps.org allows 50,000 addresses and 50 MB a file). Written row by row, so that its length costs no memory.
"""

import itertools
from dataclasses import dataclass
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from publishing.models import Entry

from .describing import origin_of

MOST = 50_000
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
WITH_LANGUAGES = f'{NAMES} xmlns:xhtml="http://www.w3.org/1999/xhtml"'
FIXED = ("", "search/", "newsletter/", "safety/", "privacy/", "about/")


@dataclass(frozen=True)
class Source:
    """Pages of one room: `count()` of them, and `rows(start, stop)`, an iterable of (path after /LL/, last change)."""

    count: object
    rows: object


def fixed_pages(start, stop):
    public = Entry.objects.public().filter(language=settings.LANGUAGE_CODE)
    newest = public.order_by("-changed").values_list("changed", flat=True).first()
    changes = {f"{slug}/": changed for slug, changed in public.filter(type="page").values_list("slug", "changed")}
    changes |= {"": newest, "search/": newest}
    return [(path, changes.get(path)) for path in FIXED[start:stop]]


def public_items():
    """One row for each item, whichever languages it has, since it has an address in all of them."""
    shown = Entry.objects.public().filter(language=settings.LANGUAGE_CODE, type__in=["situation", "update", "story"])
    return shown.order_by("number")


def item_rows(start, stop):
    fields = ("type", "situation", "slug", "language", "changed")
    for entry in public_items().only(*fields)[start:stop].iterator(chunk_size=2000):
        yield entry.get_absolute_url().removeprefix(f"/{entry.language}/"), entry.changed


# Rooms above this one add theirs when they start.
SOURCES = [
    Source(lambda: len(FIXED), fixed_pages),
    Source(lambda: public_items().count(), item_rows),
]


@require_safe
def sitemap(request):
    """All addresses, or the index of the files that hold them."""
    pages, languages = counted(), len(settings.LANGUAGES)
    if pages * languages <= MOST:
        return xml(url_set(origin_of(request), rows(0, pages)))
    files = -(-pages // (MOST // languages))
    return xml(index(origin_of(request), files))


@require_safe
def sitemap_file(request, number):
    size = MOST // len(settings.LANGUAGES)
    start = (number - 1) * size
    if number < 1 or start >= counted():
        raise Http404
    return xml(url_set(origin_of(request), rows(start, start + size)))


def counted():
    return sum(source.count() for source in SOURCES)


def rows(start, stop):
    """The rows from `start` to `stop` of all sources, one after the other."""
    for source in SOURCES:
        count = source.count()
        if start < count and stop > 0:
            yield from source.rows(max(start, 0), min(stop, count))
        start, stop = start - count, stop - count


# --- Writing ----------------------------------------------------------------------------------


def xml(parts):
    response = StreamingHttpResponse(parts, content_type="application/xml; charset=utf-8")
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def index(site, files):
    yield f"{HEAD}<sitemapindex {NAMES}>\n"
    for number in range(1, files + 1):
        yield f"<sitemap><loc>{escape(site)}/sitemap-{number}.xml</loc></sitemap>\n"
    yield "</sitemapindex>\n"


def url_set(site, pages):
    languages = [code for code, _label in settings.LANGUAGES]
    yield f"{HEAD}<urlset {WITH_LANGUAGES}>\n"
    for path, changed in pages:
        yield from addresses(site, path, changed, languages)
    yield "</urlset>\n"


def addresses(site, path, changed, languages):
    """One page in each of its languages; each names all the others, as search engines want it."""
    links = {code: f"{escape(site)}/{code}/{escape(path)}" for code in languages}
    last = f"<lastmod>{changed:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed else ""
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{link}"/>'
        for code, link in itertools.chain(links.items(), [("x-default", links[languages[0]])])
    )
    for link in links.values():
        yield f"<url><loc>{link}</loc>{last}{others}</url>\n"
