"""This module knows which entries a reader's words find, and where in a text they stand.

Words meet texts by their roots (`publishing.text.stemming`), in whichever language the reader typed them. All words
have to occur; words in quotation marks follow each other; the last word may still be unfinished.
"""

import re
from dataclasses import dataclass
from functools import cache

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from publishing.text.cleaning import in_texts, to_plain
from publishing.text.normalise import mark_of, normalise
from publishing.text.stemming import LANGUAGES, WORD, bare, root, roots, words_in

from .index import hits, numbers_with, releases_with
from .syntax import Asked, tiers_of

MARKED = {
    "situation",
    "section",
    "kind",
    "in",
    "year",
    "month",
    "tag",
    "partner",
}  # as `publishing.workflow.entries` does
MOST = 12  # clauses
MOST_COUNTED = 1000  # entries; of a search that finds more no more is said than that
LONG_STEP = 500  # hits that are looked at together, where many of them may not be read
SHORTEST_START = 3  # letters from which on a word may be unfinished
PASSAGE = 240  # characters
ITEM = "- "  # as `to_plain` begins an item of a list
QUOTES = re.compile(r'["“”„«»]')
SENTENCE = re.compile(r"(?<=[.!?…؟])\s+|\n+")


def matching(entries, shown):
    """Those of `entries` that a filter with words finds; a query without any word finds nothing.

    `entries` need to be narrowed only by what the index does not know.
    """
    asked = asked_of(shown)
    return entries.filter(release__in=releases_with(asked)) if asked else entries.none()


def asked_of(shown):
    """The words of a filter, and its facets to look in the same place for; None for a query without any word."""
    clauses = clauses_of(shown.q)
    chosen = shown.chosen | ({"situation": (shown.situation,)} if shown.situation else {})
    if "text" in chosen:  # the index knows an item in all its languages at once
        chosen = chosen | {"text": (shown.language,)}
    marks = [{(mark_of(name, value),) for value in values} for name, values in chosen.items() if name in MARKED]
    return Asked(tuple(clauses), tuple(marks)) if clauses else None


def find_few(filters):
    """For each of some filters with words whether it finds so little that it is counted; one query."""
    questions = [asked_of(shown) for shown in filters]
    numbers = iter(numbers_with([asked for asked in questions if asked], most=MOST_COUNTED + 1))
    return [not asked or next(numbers) <= MOST_COUNTED for asked in questions]


def found_in_order(shown, entries, *, after, most, is_ranked):
    """(hit, entry) for the first that are found: best first, or the newest; a cursor's `Hit` leads further.

    Of `entries` the same is true as in `matching`; what the index knows and may not be read is passed over.
    """
    asked, found, step = asked_of(shown), [], most
    tiers = tiers_of(asked) if asked and is_ranked else {0: asked} if asked else {}
    while len(found) < most:
        seen = hits(tiers, after=after, most=step)
        there = entries.order_by().filter(release__in=[hit.release for hit in seen])
        known = {entry.release_id: entry for entry in there}
        found += [(hit, known[hit.release]) for hit in seen if hit.release in known]
        if len(seen) < step:
            break
        after, step = seen[-1], LONG_STEP
    return found[:most]


def clauses_of(query):
    """What has to be met, as `word_syntax` has it; quotation marks left open end with the query."""
    parts = QUOTES.split(query)
    clauses = [phrase(words_in(part)) for part in parts[1::2]]
    words = [word for part in parts[::2] for word in words_in(part)]
    clauses += [{(form,) for form in roots(word)} for word in words]
    if words and len(parts) % 2 and words_in(parts[-1]) and len(start := normalise(words[-1])) >= SHORTEST_START:
        clauses[-1].add((f"{start}*",))
    return [clause for clause in clauses if clause][:MOST]


def phrase(words):
    """The words one after the other, by the roots they have in each language."""
    languages = [language for group in LANGUAGES.values() for language in group]
    known = {tuple(root(word, language) for word in words) for language in languages}
    return known | {tuple(map(normalise, words))} if words else set()


# --- Where the words stand --------------------------------------------------------------------


@dataclass(frozen=True)
class Passage:
    """`text` is safe HTML with the found words in `mark`; `language` is the one it is written in."""

    text: SafeString
    language: str


class Found:
    """The words of one query, for showing them in the texts they were found in."""

    def __init__(self, query):
        forms = {word for clause in clauses_of(query) for words in clause for word in words}
        self.starts = tuple(form[:-1] for form in forms if form.endswith("*"))
        self.forms = {form for form in forms if not form.endswith("*")}
        # The texts of a page have few different words, and each is looked at several times.
        self.meets = cache(self.compared)

    def compared(self, word, language):
        word = bare(word.lower())
        plain = normalise(word)
        return root(word, language) in self.forms or plain in self.forms or plain.startswith(self.starts)

    def spans(self, text, language):
        """(start, end, the word) for each found word."""
        found = [match for match in WORD.finditer(text) if self.meets(match[0], language)]
        return [(match.start(), match.end(), match[0].lower()) for match in found]

    def marked(self, text, language):
        """The text as safe HTML, found words marked."""
        pieces, done = [], 0
        for start, end, _word in self.spans(text, language):
            pieces.append((escape(text[done:start]), format_html("<mark>{}</mark>", text[start:end])))
            done = end
        return format_html("{}{}", format_html_join("", "{}{}", pieces), text[done:])

    def fragment(self, entry):
        """What the list shows of an entry, found words marked in its title and summary."""
        language = entry.original_language if entry.section == "stories" else entry.text_language
        return in_texts(entry.fragment, lambda text: self.marked(text, language), classes=["entry-title", "entry-sum"])

    def passage(self, entry):
        """The `Passage` of the text that shows more of the words than the summary; None if there is none.

        Of a testimony nothing is shown out of its place, below its content note.
        """
        if entry.section == "stories":
            return None
        language = entry.spoken.get("body", entry.language)
        shown = self.distinct(f"{entry.title} {entry.summary}", entry.text_language)
        sentences = [sentence.removeprefix(ITEM) for sentence in SENTENCE.split(to_plain(entry.body))]
        best = max(sentences, key=lambda sentence: self.distinct(sentence, language))
        if self.distinct(best, language) <= shown:
            return None
        return Passage(self.marked(self.cut(best, language), language), language)

    def distinct(self, text, language):
        return len({word for _start, _end, word in self.spans(text, language)})

    def cut(self, text, language):
        """So much of a long sentence that the first found word is in sight."""
        if len(text) <= PASSAGE:
            return text
        first = self.spans(text, language)[0][0]
        start = max(0, min(first - PASSAGE // 3, len(text) - PASSAGE))
        part = text[start : start + PASSAGE]
        part = part.partition(" ")[2] if start else part
        part = part.rpartition(" ")[0] if start + PASSAGE < len(text) else part
        return f"{'… ' if start else ''}{part}{' …' if start + PASSAGE < len(text) else ''}"
