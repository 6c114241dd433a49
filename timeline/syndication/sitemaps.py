"""The sitemap: every public page in every language, with its other languages and the day of its last change.

What one file cannot hold (sitemaps.org allows 50,000 addresses and 50 MB) stands in numbered files, of which
/sitemap.xml is then the index. Written row by row, so that its length costs no memory.
"""

import itertools
from dataclasses import dataclass
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Max
from django.http import Http404, StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from publishing.models import Entry
from staff.signals import collect_answers
from timeline.serving.origin import get_origin
from timeline.signals import sitemap_sources_requested

MAX_ADDRESSES, MAX_FILE_BYTES = 50_000, 50 * 1024 * 1024  # addresses and bytes of a file
# Bytes of an address at most: a host, two slugs of 64, what stands between; and of the marks around each mention.
MAX_ADDRESS_BYTES, MARKUP_BYTES = 220, 64
XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
SITEMAP_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
SITEMAP_NAMESPACES = f'{SITEMAP_NAMESPACE} xmlns:xhtml="http://www.w3.org/1999/xhtml"'
FIXED_PATHS = ("", "search/", "newsletter/", "safety/", "privacy/", "about/")


@dataclass(frozen=True)
class SitemapSource:
    """Pages of one room: `count()` of them, and `rows(start, stop)`, an iterable of (path after /LL/, last change).

    `moments(start, stop)` are the last changes alone, where they are found sooner without the paths.
    """

    count: object
    rows: object
    moments: object = None

    def changes(self, start, stop):
        return self.moments(start, stop) if self.moments else (changed for _path, changed in self.rows(start, stop))


def list_fixed_pages(start, stop):
    public = Entry.objects.public().filter(language=settings.LANGUAGE_CODE)
    newest = public.order_by("-changed").values_list("changed", flat=True).first()
    changes = {f"{slug}/": changed for slug, changed in public.filter(type="page").values_list("slug", "changed")}
    changes |= {"": newest, "search/": newest}
    return [(path, changes.get(path)) for path in FIXED_PATHS[start:stop]]


def get_public_items():
    """One row for each item, whichever languages it has, since it has an address in all of them."""
    shown = Entry.objects.public().filter(language=settings.LANGUAGE_CODE, type__in=["situation", "update", "story"])
    return shown.order_by("number")


def list_item_rows(start, stop):
    fields, newest = ("type", "situation", "slug", "language", "changed"), get_newest_changes()
    for entry in get_public_items().only(*fields)[start:stop].iterator(chunk_size=2000):
        path = entry.get_absolute_url().removeprefix(f"/{entry.language}/")
        yield path, get_last_change(entry.type, entry.slug, entry.changed, newest)


def list_item_changes(start, stop):
    newest = get_newest_changes()
    rows = get_public_items().values_list("type", "slug", "changed")[start:stop]
    return (get_last_change(*row, newest) for row in rows.iterator(chunk_size=2000))


def get_newest_changes():
    """Slug -> when last anything changed that the page of the situation shows."""
    inside = Entry.objects.public().filter(language=settings.LANGUAGE_CODE).exclude(situation="")
    return dict(inside.order_by().values_list("situation").annotate(Max("changed")))


def get_last_change(kind, slug, moment, newest):
    return max(moment, newest.get(slug, moment)) if kind == "situation" else moment


SITEMAP_SOURCES = [
    SitemapSource(lambda: len(FIXED_PATHS), list_fixed_pages),
    SitemapSource(lambda: get_public_items().count(), list_item_rows, list_item_changes),
]


def get_sources():
    """Ours first, then those of the rooms above."""
    return SITEMAP_SOURCES + [source for sources in collect_answers(sitemap_sources_requested) for source in sources]


@require_safe
def sitemap(request):
    """All addresses, or the index of the files that hold them."""
    pages, size = count_pages(), get_pages_per_file()
    if pages <= size:
        return build_xml_response(render_url_set(get_origin(request), list_sitemap_rows(0, pages)))
    return build_xml_response(render_sitemap_index(get_origin(request), pages, size))


@require_safe
def sitemap_file(request, number):
    size = get_pages_per_file()
    start = (number - 1) * size
    if number < 1 or start >= count_pages():
        raise Http404
    return build_xml_response(render_url_set(get_origin(request), list_sitemap_rows(start, start + size)))


def get_pages_per_file():
    """How many pages fit, each in all its languages and naming all of them: every one more costs its square."""
    languages = len(settings.LANGUAGES)
    bytes_of_an_address = (languages + 2) * (MAX_ADDRESS_BYTES + MARKUP_BYTES)  # itself, the others, the default
    return min(MAX_ADDRESSES, MAX_FILE_BYTES // bytes_of_an_address) // languages


def count_pages():
    return sum(source.count() for source in get_sources())


def split_by_source(start, stop):
    """(source, start, stop) of what stands from `start` to `stop` where all sources stand one after the other."""
    for source in get_sources():
        count = source.count()
        if start < count and stop > 0:
            yield source, max(start, 0), min(stop, count)
        start, stop = start - count, stop - count


def list_sitemap_rows(start, stop):
    return itertools.chain.from_iterable(source.rows(*place) for source, *place in split_by_source(start, stop))


# --- Writing ----------------------------------------------------------------------------------


def build_xml_response(parts):
    response = StreamingHttpResponse(parts, content_type="application/xml; charset=utf-8")
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def render_sitemap_index(site, pages, size):
    changes = itertools.chain.from_iterable(source.changes(*place) for source, *place in split_by_source(0, pages))
    yield f"{XML_DECLARATION}<sitemapindex {SITEMAP_NAMESPACE}>\n"
    for number in range(1, -(-pages // size) + 1):
        newest = max(filter(None, itertools.islice(changes, size)), default=None)
        yield f"<sitemap><loc>{escape(site)}/sitemap-{number}.xml</loc>{render_lastmod(newest)}</sitemap>\n"
    yield "</sitemapindex>\n"


def render_url_set(site, pages):
    languages = [code for code, _label in settings.LANGUAGES]
    yield f"{XML_DECLARATION}<urlset {SITEMAP_NAMESPACES}>\n"
    for path, changed in pages:
        yield from render_url_elements(site, path, changed, languages)
    yield "</urlset>\n"


def render_url_elements(site, path, moment, languages):
    """One page in each of its languages; each names all the others, as search engines want it."""
    links = {code: f"{escape(site)}/{code}/{escape(path)}" for code in languages}
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{link}"/>'
        for code, link in itertools.chain(links.items(), [("x-default", links[languages[0]])])
    )
    for link in links.values():
        yield f"<url><loc>{link}</loc>{render_lastmod(moment)}{others}</url>\n"


def render_lastmod(moment):
    return f"<lastmod>{moment:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if moment else ""
