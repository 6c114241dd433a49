"""This module knows how public addresses look: slugs out of titles in any script, and the path of an item."""

import hashlib
from itertools import count

from anyascii import anyascii
from django.utils.text import slugify

from .text.characters import fold_text

SLUG_LENGTH = 64
PATH_SEGMENTS = {"update": "updates", "story": "stories"}


def build_slug(title, *, taken=lambda slug: False):
    """A short ASCII slug that is not `taken`; words are never cut unless a single one is too long."""
    slug = slugify(anyascii(fold_text(title))) or "item"
    if len(slug) > SLUG_LENGTH - 4:
        slug = slug[: SLUG_LENGTH - 4]
        slug = slug.rpartition("-")[0] or slug
    if not taken(slug):
        return slug
    return next(f"{slug}-{n}" for n in count(2) if not taken(f"{slug}-{n}"))


def build_item_path(kind, *, situation, slug, language):
    """The path of a publication of this type; what has no page of its own leads home."""
    if kind in {"situation", "page"}:
        return f"/{language}/{slug}/"
    if kind in PATH_SEGMENTS:
        return f"/{language}/{situation}/{PATH_SEGMENTS[kind]}/{slug}/"
    return f"/{language}/"


def hash_slug(slug):
    """What is kept of the slug of something purged: enough to answer 410, nothing to read."""
    return "#" + hashlib.sha256(slug.encode()).hexdigest()[: SLUG_LENGTH - 1]
