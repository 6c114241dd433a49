"""Atom, RSS and JSON Feed of exactly one filter: the newest 50 with their full text, and a link to the older ones.

The three say the same of an item; only their syntax differs. A correction moves an item's date of change,
so that readers show it again under the same lasting id. Pictures are left out: a feed reader that loads
them would tell our server, and its owner's network, what is read.
"""

import datetime as dt
import json
import re
import uuid
from dataclasses import dataclass
from functools import cached_property
from io import StringIO

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.feedgenerator import rfc2822_date, rfc3339_date
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from publishing.kinds import get_kind_label
from publishing.models import Entry, Release
from timeline.pages.content_notes import get_content_note
from timeline.search.filter_words import FilterWords
from timeline.search.filters import Filter
from timeline.search.results import FilterResults
from timeline.serving.caching import cache_public_page
from timeline.serving.origin import get_origin
from timeline.serving.page_frame import Frame, get_frame
from timeline.sharing.citations import get_authors
from timeline.sharing.metadata import format_filtered_title

from .decorators import with_list_filter

FEED_SIZE = 50
FEED_DEFERRED_FIELDS = ("words", "fragment")
BLANK_LINES = re.compile(r"\n\s*\n")  # of the template; no text of ours has any that mean something
ATOM_NAMESPACE = "http://www.w3.org/2005/Atom"
EMPTY_FEED_DATE = dt.datetime(
    2000, 1, 1, tzinfo=dt.UTC
)  # the same at each request, as a feed that did not change must be


@dataclass(frozen=True)
class FeedItem:
    """What all three syntaxes say of an entry."""

    entry: Entry
    origin: str
    by: str

    @property
    def id(self):
        """The same for good, wherever the site stands and whatever the address of the item becomes."""
        return uuid.uuid5(self.entry.uid, self.entry.language).urn

    @property
    def address(self):
        return self.origin + self.entry.get_absolute_url()

    @property
    def original(self):
        return self.entry.facts["original"] or {}

    @property
    def title(self):
        return self.entry.title or self.original.get("title", "")

    @property
    def title_language(self):
        return self.entry.spoken.get("title") or self.entry.original_language

    @property
    def summary(self):
        """Of a testimony the content note alone: what it tells stands in the text, after the note."""
        note = get_content_note(self.entry)
        if self.entry.section == "stories":
            return _("Content note: %(note)s") % {"note": note["text"]} if note else ""
        return self.entry.summary

    @property
    def summary_language(self):
        """A note stands in a sentence of ours."""
        language = self.entry.language
        return language if self.entry.section == "stories" else self.entry.spoken.get("summary", language)

    @property
    def content(self):
        drawn = render_to_string("timeline/feed_item.html", {"entry": self.entry, "origin": self.origin})
        return BLANK_LINES.sub("\n", drawn.strip())

    @property
    def categories(self):
        """(slug, name) of the kind and the tags."""
        tags = [(tag["slug"], tag["name"]) for tag in self.entry.facts["tags"]]
        return [(self.entry.kind, str(get_kind_label(self.entry.kind))), *tags]

    @property
    def authors(self):
        """Who published it, where that is not the organisation alone."""
        names = get_authors(self.entry, by=self.by)
        return [] if names == [self.by] else names


@dataclass(frozen=True)
class Feed:
    """One page of a feed; `next` leads to the older items and is "" on the last page."""

    chosen: Filter
    frame: Frame
    origin: str
    name: str
    items: list
    before: str
    next_cursor: str

    @cached_property
    def title(self):
        about = self.frame.situation.title if self.frame.situation else self.frame.name
        return about if self.chosen.is_empty else format_filtered_title(about, FilterWords(self.chosen))

    @property
    def description(self):
        about = self.frame.situation or self.frame.organisation
        sentence = (about.summary or about.subtitle) if about else ""
        return sentence or self.title

    @property
    def updated(self):
        """The last change of what it shows; of an empty feed, of the site; of an empty site, long ago."""
        changes = [item.entry.changed for item in self.items]
        newest = max(changes, default=None) or Release.objects.order_by("-pk").values_list("at", flat=True).first()
        return newest or EMPTY_FEED_DATE

    @property
    def page(self):
        return self.origin + self.chosen.address()

    @property
    def first(self):
        return self.origin + self.chosen.address_of(self.name)

    @property
    def self(self):
        return self.origin + self.chosen.address_of(self.name, before=self.before)

    @property
    def next(self):
        return self.origin + self.chosen.address_of(self.name, before=self.next_cursor) if self.next_cursor else ""


def build_feed(request, chosen, *, name):
    before = request.GET.get("before", "")
    shown = FilterResults(chosen, channel="feed").get_page(before, size=FEED_SIZE, unread=FEED_DEFERRED_FIELDS)
    origin = get_origin(request)
    frame = get_frame(chosen.language, situation=chosen.situation)
    return Feed(
        chosen=chosen,
        frame=frame,
        origin=origin,
        name=name,
        items=[FeedItem(entry, origin, by=frame.name) for entry in shown.entries],
        before=before,
        next_cursor=shown.cursor,
    )


@cache_public_page
@with_list_filter
def atom_feed(request, chosen):
    feed = build_feed(request, chosen, name="feed.atom")
    return HttpResponse(render_atom(feed), content_type="application/atom+xml; charset=utf-8")


@cache_public_page
@with_list_filter
def rss_feed(request, chosen):
    feed = build_feed(request, chosen, name="feed.rss")
    return HttpResponse(render_rss(feed), content_type="application/rss+xml; charset=utf-8")


@cache_public_page
@with_list_filter
def json_feed(request, chosen):
    feed = build_feed(request, chosen, name="feed.json")
    return HttpResponse(render_json_feed(feed), content_type="application/feed+json; charset=utf-8")


# --- Atom (RFC 4287), paged by RFC 5005 -------------------------------------------------------


def render_atom(feed):
    stream = StringIO()
    xml = SimplerXMLGenerator(stream, "utf-8")
    xml.startDocument()
    xml.startElement("feed", {"xmlns": ATOM_NAMESPACE, "xml:lang": feed.chosen.language, "xml:base": f"{feed.origin}/"})
    xml.addQuickElement("id", feed.first)
    xml.addQuickElement("title", feed.title)
    xml.addQuickElement("subtitle", feed.description)
    xml.addQuickElement("updated", rfc3339_date(feed.updated))
    for attributes in build_atom_links(feed):
        xml.addQuickElement("link", attrs=attributes)
    add_atom_author(xml, feed.frame.name, uri=f"{feed.origin}/{feed.chosen.language}/")
    for item in feed.items:
        add_atom_entry(xml, item)
    xml.endElement("feed")
    return stream.getvalue()


def build_atom_links(feed):
    yield {"rel": "self", "type": "application/atom+xml", "href": feed.self}
    yield {"rel": "alternate", "type": "text/html", "hreflang": feed.chosen.language, "href": feed.page}
    yield {"rel": "first", "type": "application/atom+xml", "href": feed.first}
    if feed.next:
        yield {"rel": "next", "type": "application/atom+xml", "href": feed.next}


def add_atom_author(xml, name, *, uri=""):
    xml.startElement("author", {})
    xml.addQuickElement("name", name)
    if uri:
        xml.addQuickElement("uri", uri)
    xml.endElement("author")


def add_atom_entry(xml, item):
    xml.startElement("entry", {})
    xml.addQuickElement("id", item.id)
    xml.addQuickElement("title", item.title, {"xml:lang": item.title_language})
    link = {"rel": "alternate", "type": "text/html", "hreflang": item.entry.language, "href": item.address}
    xml.addQuickElement("link", attrs=link)
    xml.addQuickElement("published", rfc3339_date(item.entry.first_public))
    xml.addQuickElement("updated", rfc3339_date(item.entry.changed))
    for name in item.authors:
        add_atom_author(xml, name)
    for term, label in item.categories:
        xml.addQuickElement("category", attrs={"term": term, "label": label})
    if item.summary:
        xml.addQuickElement("summary", item.summary, {"xml:lang": item.summary_language})
    xml.addQuickElement("content", item.content, {"type": "html"})
    xml.endElement("entry")


# --- RSS 2.0 ----------------------------------------------------------------------------------

RSS_ATTRIBUTES = {
    "version": "2.0",
    "xmlns:atom": ATOM_NAMESPACE,
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
}


def render_rss(feed):
    stream = StringIO()
    xml = SimplerXMLGenerator(stream, "utf-8")
    xml.startDocument()
    xml.startElement("rss", RSS_ATTRIBUTES)
    xml.startElement("channel", {})
    xml.addQuickElement("title", feed.title)
    xml.addQuickElement("link", feed.page)
    xml.addQuickElement("description", feed.description)
    xml.addQuickElement("language", feed.chosen.language)
    xml.addQuickElement("lastBuildDate", rfc2822_date(feed.updated))
    for name, address in (("self", feed.self), ("first", feed.first), ("next", feed.next)):
        if address:
            xml.addQuickElement("atom:link", attrs={"rel": name, "type": "application/rss+xml", "href": address})
    for item in feed.items:
        add_rss_item(xml, item)
    xml.endElement("channel")
    xml.endElement("rss")
    return stream.getvalue()


def add_rss_item(xml, item):
    xml.startElement("item", {})
    xml.addQuickElement("title", item.title)
    xml.addQuickElement("link", item.address)
    xml.addQuickElement("guid", item.id, {"isPermaLink": "false"})
    xml.addQuickElement("pubDate", rfc2822_date(item.entry.first_public))
    xml.addQuickElement("atom:updated", rfc3339_date(item.entry.changed))
    xml.addQuickElement("dc:language", item.title_language)
    for name in item.authors:
        xml.addQuickElement("dc:creator", name)
    for _term, label in item.categories:
        xml.addQuickElement("category", label)
    xml.addQuickElement("description", item.summary or item.title)
    xml.addQuickElement("content:encoded", item.content)
    xml.endElement("item")


# --- JSON Feed 1.1 ----------------------------------------------------------------------------


def render_json_feed(feed):
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.page,
        "feed_url": feed.self,
        "next_url": feed.next,
        "language": feed.chosen.language,
        "authors": [{"name": feed.frame.name, "url": f"{feed.origin}/{feed.chosen.language}/"}],
        "items": [build_json_item(item) for item in feed.items],
    }
    return json.dumps(drop_empty_members(data, always=["items"]), ensure_ascii=False)


def build_json_item(item):
    facts = item.entry.facts
    data = {
        "id": item.id,
        "url": item.address,
        "external_url": facts["url"],
        "title": item.title,
        "summary": item.summary,
        "content_html": item.content,
        "date_published": rfc3339_date(item.entry.first_public),
        "date_modified": rfc3339_date(item.entry.changed),
        "language": item.title_language,
        "authors": [{"name": name} for name in item.authors],
        "tags": [label for _term, label in item.categories],
        "attachments": [build_json_attachment(item, row) for row in facts["attachments"]],
    }
    return drop_empty_members(data, always=["content_html"])


def build_json_attachment(item, row):
    return {
        "url": f"{item.origin}/media/{row['name']}",
        "mime_type": "application/pdf",
        "title": row["title"],
        "size_in_bytes": row["size"],
    }


def drop_empty_members(data, *, always):
    """Without the members that say nothing, as JSON Feed wants it."""
    return {name: value for name, value in data.items() if value or name in always}
