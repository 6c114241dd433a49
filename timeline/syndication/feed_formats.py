"""Atom, RSS and JSON Feed: Django's feed generator, with what it does not know.

That is a language for each text, several authors, the whole text beside its summary, and pages of a long feed.
A feed takes in addition `self_url`, `first_url` and `next_url`, and `updated_if_empty`, which is called; an item takes
`language` (of the title), `summary_language`, `content` (HTML), `authors` (names), `tags` (slug, name), `external_url`
and `files` (attachments of JSON Feed). Of these Atom needs none; the others need all.
Not here: what a feed tells (`feeds.py`).
"""

import json
from urllib.parse import urljoin

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date


class PagedFeed(SyndicationFeed):
    def latest_post_date(self):
        return super().latest_post_date() if self.items else self.feed["updated_if_empty"]()

    def add_page_links(self, handler, element):
        for relation in ("self", "first", "next"):
            if address := self.feed.get(f"{relation}_url"):
                link = {"rel": relation, "type": self.content_type.partition(";")[0], "href": address}
                handler.addQuickElement(element, attrs=link)


class AtomFeed(PagedFeed, Atom1Feed):
    """RFC 4287, paged by RFC 5005."""

    def root_attributes(self):
        return super().root_attributes() | {"xml:base": urljoin(self.feed["link"], "/")}

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        self.add_page_links(handler, "link")

    def add_item_elements(self, handler, item):
        """All of them anew: Django gives a title and a summary no language, and a category no name."""
        language = self.feed["language"]
        handler.addQuickElement("id", item["unique_id"])
        handler.addQuickElement("title", item["title"], {"xml:lang": item.get("language", language)})
        link = {"rel": "alternate", "type": "text/html", "hreflang": language, "href": item["link"]}
        handler.addQuickElement("link", attrs=link)
        handler.addQuickElement("published", rfc3339_date(item["pubdate"]))
        handler.addQuickElement("updated", rfc3339_date(item["updateddate"]))
        for name in item.get("authors", ()):
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.endElement("author")
        for slug, name in item.get("tags", ()):
            handler.addQuickElement("category", attrs={"term": slug, "label": name})
        if item["description"]:
            attributes = {"xml:lang": item.get("summary_language", language)}
            handler.addQuickElement("summary", item["description"], attributes)
        if "content" in item:
            handler.addQuickElement("content", item["content"], {"type": "html"})


class RssFeed(PagedFeed, Rss201rev2Feed):
    """RSS 2.0, with elements of Atom and Dublin Core where it has none of its own."""

    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        self.add_page_links(handler, "atom:link")

    def add_item_elements(self, handler, item):
        names = [name for _slug, name in item["tags"]]
        item = item | {"description": item["description"] or item["title"], "categories": names}
        super().add_item_elements(handler, item)
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))
        handler.addQuickElement("dc:language", item["language"])
        for name in item["authors"]:
            handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("content:encoded", item["content"])


class JsonFeed(PagedFeed):
    """JSON Feed 1.1."""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile, encoding):
        data = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "description": self.feed["description"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["self_url"],
            "next_url": self.feed["next_url"],
            "language": self.feed["language"],
            "authors": [{"name": self.feed["author_name"], "url": self.feed["author_link"]}],
            "items": [build_json_item(item) for item in self.items],
        }
        json.dump(drop_empty_members(data, always=["items"]), outfile, ensure_ascii=False)


def build_json_item(item):
    data = {
        "id": item["unique_id"],
        "url": item["link"],
        "external_url": item["external_url"],
        "title": item["title"],
        "summary": item["description"],
        "content_html": item["content"],
        "date_published": rfc3339_date(item["pubdate"]),
        "date_modified": rfc3339_date(item["updateddate"]),
        "language": item["language"],
        "authors": [{"name": name} for name in item["authors"]],
        "tags": [name for _slug, name in item["tags"]],
        "attachments": item["files"],
    }
    return drop_empty_members(data, always=["content_html"])


def drop_empty_members(data, *, always):
    """Without the members that say nothing, as JSON Feed wants it."""
    return {name: value for name, value in data.items() if value or name in always}
