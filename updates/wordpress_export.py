"""Reads an export of WordPress (WXR 1.2, an RSS 2.0 file with names of its own) into posts, without asking anybody.

Languages and translations are read as Polylang (taxonomies `language` and `post_translations`) and WPML (post meta)
write them. Not here: what becomes of the posts (`wordpress_import.py`).
"""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
EXCERPT = re.compile(r"\{http://wordpress\.org/export/[\d.]+/excerpt/\}encoded")
WORDPRESS = re.compile(r"\{http://wordpress\.org/export/[\d.]+/\}")
POLYLANG_LANGUAGE, POLYLANG_GROUP = "language", "post_translations"
WPML_LANGUAGE = ["_wpml_import_language_code", "_wpml_language_code", "wpml_language_code", "_icl_lang", "icl_lang"]
WPML_GROUP = ["_wpml_import_translation_group", "_wpml_trid", "wpml_trid", "trid"]
# Taxonomies whose terms a reader would look for; formats of posts and the like are none.
TAXONOMIES = {"category", "post_tag"}
DEFAULT_CATEGORY = "uncategorized"


class UnreadableExport(Exception):  # a sentence for the person at the terminal
    """The file is no export of WordPress, or is not whole."""


@dataclass
class Post:
    """One `item` of the export: a post, a page or an attachment.

    `terms` are (taxonomy, slug, name), `meta` maps names to their last value, `date` is ISO 8601 without a zone.
    """

    id: str
    type: str
    status: str
    title: str
    link: str
    date: str
    body: str
    excerpt: str
    parent: str
    file_address: str
    terms: list = field(default_factory=list)
    meta: dict = field(default_factory=dict)

    @property
    def language(self):
        """The code of the language without region or script, such as “fr” or “pt”, or nothing."""
        slugs = [slug for taxonomy, slug, _name in self.terms if taxonomy == POLYLANG_LANGUAGE]
        slugs += [self.meta[name] for name in WPML_LANGUAGE if self.meta.get(name)]
        return re.split("[-_]", slugs[0])[0].lower() if slugs else ""

    @property
    def group(self):
        """What all translations of one text have in common; the post itself where there is none."""
        slugs = [slug for taxonomy, slug, _name in self.terms if taxonomy == POLYLANG_GROUP]
        slugs += [self.meta[name] for name in WPML_GROUP if self.meta.get(name)]
        return slugs[0] if slugs else f"post {self.id}"

    @property
    def labels(self):
        """The names of its categories and tags."""
        found = [name for taxonomy, slug, name in self.terms if taxonomy in TAXONOMIES and slug != DEFAULT_CATEGORY]
        return list(dict.fromkeys(found))


def read_posts(source):
    """Every `Post` of the file (a path or an open binary file), in its order; raises `UnreadableExport`."""
    try:
        elements = iterparse(source, events=("end",))
        root_seen = False
        for _event, element in elements:
            root_seen = root_seen or bool(WORDPRESS.match(element.tag))
            if element.tag == "item":
                yield read_post(element)
                element.clear()
    except (ParseError, DefusedXmlException) as error:
        raise UnreadableExport(f"It is not a whole XML file: {error}.") from error
    if not root_seen:
        raise UnreadableExport(
            "It is no export of WordPress: nothing in it is WordPress's (Tools, Export, All content)."
        )


def read_post(element):
    own = {WORDPRESS.sub("", child.tag): (child.text or "") for child in element if WORDPRESS.match(child.tag)}
    excerpts = [child.text or "" for child in element if EXCERPT.fullmatch(child.tag)]
    return Post(
        id=own.get("post_id", ""),
        type=own.get("post_type", ""),
        status=own.get("status", ""),
        title=(element.findtext("title") or "").strip(),
        link=(element.findtext("link") or "").strip(),
        date=own.get("post_date", ""),
        body=element.findtext(CONTENT) or "",
        excerpt="".join(excerpts),
        parent=own.get("post_parent", ""),
        file_address=own.get("attachment_url", ""),
        terms=[read_term(child) for child in element if child.tag == "category"],
        meta=dict(read_meta(child) for child in element if WORDPRESS.sub("", child.tag) == "postmeta"),
    )


def read_term(element):
    return element.get("domain", ""), element.get("nicename", ""), (element.text or "").strip()


def read_meta(element):
    parts = {WORDPRESS.sub("", child.tag): child.text or "" for child in element}
    return parts.get("meta_key", ""), parts.get("meta_value", "")
