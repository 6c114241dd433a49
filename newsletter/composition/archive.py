"""Past editions for anybody: the list, one edition, the feed.

An edition shows what of it is public now; one of which nothing is left is gone. Digests of wishes that few
people have are not here: they would tell of these people.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Max
from django.dispatch import receiver
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from newsletter.mail.letterhead import get_site_host
from newsletter.models import Edition
from publishing.models import Entry
from timeline.pages.errors import page_gone
from timeline.serving.caching import cache_public_page, get_public_version
from timeline.serving.origin import get_origin
from timeline.serving.page_frame import get_frame
from timeline.sharing.metadata import PageMetadata
from timeline.signals import mirror_rows_requested, sitemap_sources_requested
from timeline.syndication import sitemaps
from timeline.syndication.feed_formats import AtomFeed
from timeline.syndication.feeds import get_last_release_date

from . import edition_mail

EDITIONS_PER_PAGE = 30
EDITIONS_IN_FEED = 20


@dataclass(frozen=True)
class ArchivedEdition:
    """An edition as its readers can still find it."""

    edition: Edition
    entries: list
    language: str

    @property
    def path(self):
        return reverse("newsletter:edition", args=[self.edition.pk])

    @property
    def title(self):
        return edition_mail.get_edition_title(self.edition, self.entries, language=self.language)

    @property
    def summary(self):
        return edition_mail.summarise_edition(self.edition, self.entries)

    @property
    def opening(self):
        return self.edition.words.get(self.language, {}).get("opening", "")


def build_archived_editions(editions, language):
    """An `ArchivedEdition` of each that still has something public in it; one query for the entries of all."""
    editions = list(editions)
    wanted = {number for edition in editions for number in edition.numbers}
    public = Entry.objects.public(channel="newsletter").filter(language=language, number__in=wanted)
    known = {entry.number: entry for entry in public.exclude(section="").defer("words", "body")}
    found = [(edition, [known[number] for number in edition.numbers if number in known]) for edition in editions]
    return [ArchivedEdition(edition, entries, language) for edition, entries in found if entries]


def get_archive_page(language, *, before=None, most):
    """The newest that are older than the edition `before`, and the number of the last looked at if there are more."""
    editions = Edition.objects.archived(language)
    if before:
        editions = editions.filter(pk__lt=before)
    looked_at = list(editions.order_by("-pk")[: most + 1])
    more = looked_at[most - 1].pk if len(looked_at) > most else None
    return build_archived_editions(looked_at[:most], language), more


def get_archive_version():
    """Changes when an edition goes out, or comes out of the archive: no release tells of that."""
    return Edition.objects.in_archive().aggregate(Max("pk"), Count("pk"))


# --- Pages ------------------------------------------------------------------------------------


@cache_public_page(also=get_archive_version, is_hot=False)
@require_safe
def archive_list(request):
    before = request.GET.get("before", "")
    if before and not (before.isdecimal() and before.isascii() and len(before) < 16):
        raise Http404
    past, more = get_archive_page(translation.get_language(), before=before and int(before), most=EDITIONS_PER_PAGE)
    page = PageMetadata(title=_("Past editions"), path="newsletter/archive/", type="CollectionPage")
    return render(request, "newsletter/archive.html", {"page": page, "past": past, "more": more})


@cache_public_page(also=get_archive_version, is_hot=False)
@require_safe
def archive_detail(request, number):
    language = translation.get_language()
    found = Edition.objects.in_archive().filter(pk=number)
    if not found:
        raise Http404
    past = build_archived_editions(found, language)
    if not past:
        return page_gone(request)
    page = PageMetadata(title=past[0].title, path=f"newsletter/archive/{number}/", description=past[0].summary)
    return render(request, "newsletter/edition.html", {"page": page, "one": past[0]})


@cache_public_page(also=get_archive_version, is_hot=False)
@require_safe
def archive_feed(request):
    language, origin = translation.get_language(), get_origin(request)
    name = get_frame(language).name
    atom = AtomFeed(
        title=name,
        author_name=name,
        link=origin + reverse("newsletter:archive"),
        self_url=origin + reverse("newsletter:archive_feed"),
        description=_("Past editions"),
        language=language,
        updated_if_empty=get_last_release_date,
    )
    for past in get_archive_page(language, most=EDITIONS_IN_FEED)[0]:
        atom.add_item(
            title=past.title,
            link=origin + past.path,
            description="\n".join(entry.title for entry in past.entries),
            pubdate=past.edition.send_from,
            updateddate=max(past.edition.send_from, *(entry.changed for entry in past.entries)),
            unique_id=f"tag:{get_site_host()},2026:edition-{past.edition.pk}-{language}",
        )
    return HttpResponse(atom.writeString("utf-8"), content_type=atom.content_type)


# --- Sitemap ----------------------------------------------------------------------------------


_dates_cache = {}  # one entry: the version of everything public and of the archive -> what was found then


def get_public_edition_dates():
    """[(number, date)] of each edition that has something public in it; asked several times for one sitemap."""
    version = (get_public_version()[0], *get_archive_version().values())
    dates = _dates_cache.get(version)
    if dates is None:
        dates = find_public_edition_dates()
        _dates_cache.clear()
        _dates_cache[version] = dates
    return dates


def find_public_edition_dates():
    public = Entry.objects.public(channel="newsletter").filter(language=settings.LANGUAGE_CODE).exclude(section="")
    public = set(public.values_list("number", flat=True))
    editions = Edition.objects.in_archive().order_by("pk").values_list("pk", "numbers", "send_from")
    return [(pk, at) for pk, numbers, at in editions if public.intersection(numbers)]


def get_edition_sitemap_rows(start, stop):
    return [(f"newsletter/archive/{pk}/", at) for pk, at in get_public_edition_dates()[start:stop]]


ARCHIVE_SITEMAP = sitemaps.SitemapSource(lambda: 1, lambda start, stop: [("newsletter/archive/", None)])
EDITIONS_SITEMAP = sitemaps.SitemapSource(lambda: len(get_public_edition_dates()), get_edition_sitemap_rows)


@receiver(sitemap_sources_requested)
def get_sitemap_sources(**kwargs):
    return [ARCHIVE_SITEMAP, EDITIONS_SITEMAP]


# --- Copies of the site -----------------------------------------------------------------------


@receiver(mirror_rows_requested)
def iter_editions_for_mirror(using, **kwargs):
    """The editions of the archive, unsaved and without the run that made them, for a database of copies alone."""
    for found in Edition.objects.using(using).in_archive().order_by("pk"):
        found.digest_run_id = None
        yield found
