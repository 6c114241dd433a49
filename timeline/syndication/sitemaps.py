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
from timeline.sharing.metadata import origin_of

MOST, BIGGEST = 50_000, 50 * 1024 * 1024  # addresses and bytes of a file
# Bytes of an address at most: a host, two slugs of 64, what stands between; and of the marks around each mention.
LONGEST, AROUND = 220, 64
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
WITH_LANGUAGES = f'{NAMES} xmlns:xhtml="http://www.w3.org/1999/xhtml"'
FIXED = ("", "search/", "newsletter/", "safety/", "privacy/", "about/")


@dataclass(frozen=True)
class Source:
    """Pages of one room: `count()` of them, and `rows(start, stop)`, an iterable of (path after /LL/, last change).

    `moments(start, stop)` are the last changes alone, where they are found sooner without the paths.
    """

    count: object
    rows: object
    moments: object = None

    def changes(self, start, stop):
        return self.moments(start, stop) if self.moments else (changed for _path, changed in self.rows(start, stop))


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
    fields, newest = ("type", "situation", "slug", "language", "changed"), newest_in_situations()
    for entry in public_items().only(*fields)[start:stop].iterator(chunk_size=2000):
        path = entry.get_absolute_url().removeprefix(f"/{entry.language}/")
        yield path, changed(entry.type, entry.slug, entry.changed, newest)


def item_changes(start, stop):
    newest = newest_in_situations()
    rows = public_items().values_list("type", "slug", "changed")[start:stop]
    return (changed(*row, newest) for row in rows.iterator(chunk_size=2000))


def newest_in_situations():
    """Slug -> when last anything changed that the page of the situation shows."""
    inside = Entry.objects.public().filter(language=settings.LANGUAGE_CODE).exclude(situation="")
    return dict(inside.order_by().values_list("situation").annotate(Max("changed")))


def changed(kind, slug, moment, newest):
    return max(moment, newest.get(slug, moment)) if kind == "situation" else moment


# Rooms above this one add theirs when they start.
SOURCES = [
    Source(lambda: len(FIXED), fixed_pages),
    Source(lambda: public_items().count(), item_rows, item_changes),
]


@require_safe
def sitemap(request):
    """All addresses, or the index of the files that hold them."""
    pages, size = counted(), pages_of_a_file()
    if pages <= size:
        return xml(url_set(origin_of(request), rows(0, pages)))
    return xml(index(origin_of(request), pages, size))


@require_safe
def sitemap_file(request, number):
    size = pages_of_a_file()
    start = (number - 1) * size
    if number < 1 or start >= counted():
        raise Http404
    return xml(url_set(origin_of(request), rows(start, start + size)))


def pages_of_a_file():
    """How many pages fit, each in all its languages and naming all of them: every one more costs its square."""
    languages = len(settings.LANGUAGES)
    bytes_of_an_address = (languages + 2) * (LONGEST + AROUND)  # itself, the others, the default
    return min(MOST, BIGGEST // bytes_of_an_address) // languages


def counted():
    return sum(source.count() for source in SOURCES)


def parts(start, stop):
    """(source, start, stop) of what stands from `start` to `stop` where all sources stand one after the other."""
    for source in SOURCES:
        count = source.count()
        if start < count and stop > 0:
            yield source, max(start, 0), min(stop, count)
        start, stop = start - count, stop - count


def rows(start, stop):
    return itertools.chain.from_iterable(source.rows(*place) for source, *place in parts(start, stop))


# --- Writing ----------------------------------------------------------------------------------


def xml(parts):
    response = StreamingHttpResponse(parts, content_type="application/xml; charset=utf-8")
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def index(site, pages, size):
    changes = itertools.chain.from_iterable(source.changes(*place) for source, *place in parts(0, pages))
    yield f"{HEAD}<sitemapindex {NAMES}>\n"
    for number in range(1, -(-pages // size) + 1):
        newest = max(filter(None, itertools.islice(changes, size)), default=None)
        yield f"<sitemap><loc>{escape(site)}/sitemap-{number}.xml</loc>{last_changed(newest)}</sitemap>\n"
    yield "</sitemapindex>\n"


def url_set(site, pages):
    languages = [code for code, _label in settings.LANGUAGES]
    yield f"{HEAD}<urlset {WITH_LANGUAGES}>\n"
    for path, changed in pages:
        yield from addresses(site, path, changed, languages)
    yield "</urlset>\n"


def addresses(site, path, moment, languages):
    """One page in each of its languages; each names all the others, as search engines want it."""
    links = {code: f"{escape(site)}/{code}/{escape(path)}" for code in languages}
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{link}"/>'
        for code, link in itertools.chain(links.items(), [("x-default", links[languages[0]])])
    )
    for link in links.values():
        yield f"<url><loc>{link}</loc>{last_changed(moment)}{others}</url>\n"


def last_changed(moment):
    return f"<lastmod>{moment:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if moment else ""
