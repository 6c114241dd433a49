"""Feeds of exactly one filter: the newest 50 with their full text, and a link to the older ones.

All formats say the same of an item; only their syntax differs (`feed_formats.py`). A correction moves an item's date
of change, so that readers show it again under the same lasting id. Pictures are left out: a feed reader that loads
them would tell our server, and its owner's network, what is read.
"""

import datetime as dt
import re
import uuid

from django.http import HttpResponse
from django.template.loader import render_to_string

from publishing.kinds import get_kind_label
from publishing.models import Release
from timeline.search.filter_words import FilterWords
from timeline.search.results import FilterResults
from timeline.serving.caching import cache_public_page
from timeline.serving.origin import get_origin
from timeline.serving.page_frame import get_frame
from timeline.sharing.citations import get_authors
from timeline.sharing.metadata import describe_content_note, format_filtered_title

from .decorators import with_list_filter
from .feed_formats import AtomFeed, JsonFeed, RssFeed

FEED_FORMATS = {"feed.atom": AtomFeed, "feed.rss": RssFeed, "feed.json": JsonFeed}
FEED_SIZE = 50
FEED_DEFERRED_FIELDS = ("words", "fragment")
BLANK_LINES = re.compile(r"\n\s*\n")  # of the template; no text of ours has any that mean something
# The same at each request, as a feed that did not change must be.
EMPTY_FEED_DATE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@cache_public_page
@with_list_filter
def serve_feed(request, query_filter, *, name):
    feed = build_feed(request, query_filter, name=name)
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def build_feed(request, query_filter, *, name):
    """One page of the feed of this file name."""
    origin, before = get_origin(request), request.GET.get("before", "")
    page = FilterResults(query_filter, channel="feed").get_page(before, size=FEED_SIZE, unread=FEED_DEFERRED_FIELDS)
    frame = get_frame(query_filter.language, situation=query_filter.situation)
    first = origin + query_filter.address_of(name)
    feed = FEED_FORMATS[name](
        **describe_subject(query_filter, frame),
        link=origin + query_filter.address(),
        language=query_filter.language,
        author_name=frame.name,
        author_link=f"{origin}/{query_filter.language}/",
        feed_guid=first,
        self_url=origin + query_filter.address_of(name, before=before),
        first_url=first,
        next_url=origin + query_filter.address_of(name, before=page.cursor) if page.cursor else "",
        updated_if_empty=get_last_release_date,
    )
    for entry in page.entries:
        feed.add_item(**describe_item(entry, origin=origin, by=frame.name))
    return feed


def describe_subject(query_filter, frame):
    about = frame.situation or frame.organisation
    title = frame.situation.title if frame.situation else frame.name
    if not query_filter.is_empty:
        title = format_filtered_title(title, FilterWords(query_filter))
    sentence = (about.summary or about.subtitle) if about else ""
    return {"title": title, "description": sentence or title, "subtitle": sentence or title}


def get_last_release_date():
    """What an empty feed calls its last change: that of the site; of an empty site, long ago."""
    return Release.objects.order_by("-pk").values_list("at", flat=True).first() or EMPTY_FEED_DATE


# --- Items ------------------------------------------------------------------------------------


def describe_item(entry, *, origin, by):
    """What all formats say of an entry; `by` is who publishes it where it does not say so itself."""
    facts = entry.facts
    tags = [(tag["slug"], tag["name"]) for tag in facts["tags"]]
    authors = get_authors(entry, by=by)
    return describe_summary(entry) | {
        # The same for good, wherever the site stands and whatever the address of the item becomes.
        "unique_id": uuid.uuid5(entry.uid, entry.language).urn,
        "unique_id_is_permalink": False,
        "link": origin + entry.get_absolute_url(),
        "title": entry.title_as_known,
        "language": entry.title_language,
        "content": render_content(entry, origin=origin),
        "pubdate": entry.first_public,
        "updateddate": entry.changed,
        "authors": [] if authors == [by] else authors,  # where it is not the organisation alone
        "tags": [(entry.kind, str(get_kind_label(entry.kind))), *tags],
        "external_url": facts["url"],
        "files": [describe_attachment(row, origin=origin) for row in facts["attachments"]],
    }


def describe_summary(entry):
    """Of what is held back the content note alone: what it tells comes in the text, after the note."""
    if entry.is_held_back:
        return {"description": describe_content_note(entry), "summary_language": entry.language}
    return {"description": entry.summary, "summary_language": entry.spoken.get("summary", entry.language)}


def render_content(entry, *, origin):
    drawn = render_to_string("timeline/feed_item.html", {"entry": entry, "origin": origin})
    return BLANK_LINES.sub("\n", drawn.strip())


def describe_attachment(row, *, origin):
    return {
        "url": f"{origin}/media/{row['name']}",
        "mime_type": "application/pdf",
        "title": row["title"],
        "size_in_bytes": row["size"],
    }
