"""This module knows how a text reads to a person, and which place of the text each letter of that reading has.

Inline tags and what shows nothing are gone, other tags are a gap, references (but that of & itself) and %40 are the
sign that they stand for; digits, signs and widths are ours. Not here: what is looked for in it (`patterns.py`).
"""

import html
import re
from bisect import bisect_right

from publishing.text.characters import INVISIBLE_PATTERN, keep_length

INLINE_TAG = re.compile(r"</?(?:strong|em|b|i|s|u|sub|sup|a|bdi|span|q|cite|mark|font)\b[^<>]*>", re.IGNORECASE)
LINK = re.compile(r"https?://[^\s\"'<>]+")
TARGET = re.compile(rf"{LINK.pattern}|mailto:[^\s\"'<>?]+")
# What reads otherwise than it is written: a tag, a reference, an encoded @ (also encoded twice), what shows nothing.
WRITTEN_OTHERWISE = re.compile(
    rf"</?[a-zA-Z][^<>]*>|&(?!amp;)(?:#\d{{1,7}}|#[xX][0-9a-fA-F]{{1,6}}|[a-zA-Z]{{2,8}});|%(?:25){{0,3}}40|{INVISIBLE_PATTERN.pattern}+"
)


class Reading:
    """`text` is what is read; `locate` finds in the source what was found in it."""

    def __init__(self, source):
        self.source, self.pieces, self.length = source, [], 0
        self.begins, self.spans = [], []  # of each piece: its place in the reading; (first, last, whether one for one)
        self.read(0, len(source))
        self.text = "".join(self.pieces)

    def read(self, first, last):
        for match in WRITTEN_OTHERWISE.finditer(self.source, first, last):
            self.add(keep_length(self.source[first : match.start()]), first, match.start(), is_same=True)
            self.add_otherwise(match)
            first = match.end()
        self.add(keep_length(self.source[first:last]), first, last, is_same=True)

    def add(self, words, first, last, *, is_same):
        if words:
            self.begins.append(self.length)
            self.spans.append((first, last, is_same))
            self.pieces.append(words)
            self.length += len(words)

    def add_otherwise(self, match):
        written, (first, last) = match[0], match.span()
        if written.startswith("<"):
            self.add_tag(written, first, last)
        elif written.startswith("&"):
            self.add(keep_length(INVISIBLE_PATTERN.sub("", html.unescape(written))), first, last, is_same=False)
        elif written.startswith("%"):
            self.add("@", first, last, is_same=False)

    def add_tag(self, tag, first, last):
        """The address that a tag leads to; else nothing for a tag inside a line, and a gap for any other."""
        link = TARGET.search(tag)
        if link:
            self.add(" ", first, first + 1, is_same=False)
            self.read(first + link.start(), first + link.end())
            self.add(" ", last - 1, last, is_same=False)
        elif not INLINE_TAG.fullmatch(tag):
            self.add(" ", first, last, is_same=False)

    def locate(self, start, end):
        """(start, end) in the source of a stretch of the reading."""
        return self.find_place(start)[0], self.find_place(end - 1)[1]

    def find_place(self, at):
        number = bisect_right(self.begins, at) - 1
        first, last, is_same = self.spans[number]
        place = first + at - self.begins[number]
        return (place, place + 1) if is_same else (first, last)
