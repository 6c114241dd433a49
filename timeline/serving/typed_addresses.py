"""This module knows which address was meant by one typed from a poster, or copied with what stood around it."""

import re

from django.conf import settings
from django.urls import Resolver404, resolve

from publishing.text.characters import INVISIBLE_PATTERN, fold_text

TRAILING = re.compile(r"""[\s.,;:!?)\]}>»”“"'’]+$""")
# Below these stand words in which capitals and small letters differ.
EXACT = re.compile(r"^/(?:media|share|admin|static|api|e|review|[a-z]{2,3}/newsletter)(?:/|$)", re.IGNORECASE)


def find_meant_path(path):
    """The path that a hand meant, if another than this one is an address of the site; else "".

    Whether there is a page is asked there: a draft is told from nothing no more than before.
    """
    if EXACT.match(path):
        return ""
    meant = re.sub("/{2,}", "/", TRAILING.sub("", INVISIBLE_PATTERN.sub("", path)).replace("\\", "/"))
    meant = "/".join(fold_segment(segment) for segment in meant.split("/"))
    last = meant.rpartition("/")[2]
    meant = meant if "." in last or not last else f"{meant}/"
    return meant if meant != path and is_address(meant) else ""


def fold_segment(segment):
    """In small letters of one script; blanks and underscores are the hyphens of a slug."""
    shown = fold_text(segment)
    return re.sub(r"[ _]+", "-", shown)


def is_address(path):
    language = path.split("/")[1] if path.count("/") > 1 else ""
    if language not in dict(settings.LANGUAGES) or not path.isascii():
        return False
    try:
        return bool(resolve(path))
    except Resolver404:
        return False
