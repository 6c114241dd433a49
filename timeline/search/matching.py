"""This module knows which entries a reader's words find, and where in a text they stand.

Words meet texts by their roots (`publishing.text.stemming`), in whichever language the reader typed them. All words
have to occur; words in quotation marks follow each other; the last word may still be unfinished.
"""

import re
from dataclasses import dataclass
from functools import cache

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from publishing.text.cleaning import convert_html_to_text, transform_texts
from publishing.text.normalise import build_facet_token, normalise_text
from publishing.text.stemming import SCRIPT_LANGUAGES, WORD, get_possible_stems, split_words, stem_word, trim_word

from .fulltext_index import count_matching_releases, find_hits, get_matching_releases
from .fulltext_syntax import TextQuery, build_tiers

INDEXED_FACETS = {
    "situation",
    "section",
    "kind",
    "in",
    "year",
    "month",
    "tag",
    "partner",
}  # as `publishing.workflow.entries` does
MAX_CLAUSES = 12  # clauses
MAX_COUNTED = 1000  # entries; of a search that finds more no more is said than that
HIT_BATCH_SIZE = 500  # hits that are looked at together, where many of them may not be read
MIN_PREFIX_LENGTH = 3  # letters from which on a word may be unfinished
PASSAGE_LENGTH = 240  # characters
LIST_ITEM_PREFIX = "- "  # as `to_plain` begins an item of a list
QUOTATION_MARKS = re.compile(r'["“”„«»]')
SENTENCE_BREAK = re.compile(r"(?<=[.!?…؟])\s+|\n+")


def filter_by_words(entries, shown):
    """Those of `entries` that a filter with words finds; a query without any word finds nothing.

    `entries` need to be narrowed only by what the index does not know.
    """
    asked = build_text_query(shown)
    return entries.filter(release__in=get_matching_releases(asked)) if asked else entries.none()


def build_text_query(shown):
    """The words of a filter, and its facets to look in the same place for; None for a query without any word."""
    clauses = parse_clauses(shown.q)
    chosen = shown.chosen | ({"situation": (shown.situation,)} if shown.situation else {})
    if "text" in chosen:  # the index knows an item in all its languages at once
        chosen = chosen | {"text": (shown.language,)}
    marks = [
        {(build_facet_token(name, value),) for value in values}
        for name, values in chosen.items()
        if name in INDEXED_FACETS
    ]
    return TextQuery(tuple(clauses), tuple(marks)) if clauses else None


def are_countable(filters):
    """For each of some filters with words whether it finds so little that it is counted; one query."""
    questions = [build_text_query(shown) for shown in filters]
    numbers = iter(count_matching_releases([asked for asked in questions if asked], most=MAX_COUNTED + 1))
    return [not asked or next(numbers) <= MAX_COUNTED for asked in questions]


def search_entries(shown, entries, *, after, most, is_ranked):
    """(hit, entry) for the first that are found: best first, or the newest; a cursor's `Hit` leads further.

    Of `entries` the same is true as in `matching`; what the index knows and may not be read is passed over.
    """
    asked, found, step = build_text_query(shown), [], most
    tiers = build_tiers(asked) if asked and is_ranked else {0: asked} if asked else {}
    while len(found) < most:
        seen = find_hits(tiers, after=after, most=step)
        there = entries.order_by().filter(release__in=[hit.release for hit in seen])
        known = {entry.release_id: entry for entry in there}
        found += [(hit, known[hit.release]) for hit in seen if hit.release in known]
        if len(seen) < step:
            break
        after, step = seen[-1], HIT_BATCH_SIZE
    return found[:most]


def parse_clauses(query):
    """What has to be met, as `word_syntax` has it; quotation marks left open end with the query."""
    parts = QUOTATION_MARKS.split(query)
    clauses = [build_phrase_clause(split_words(part)) for part in parts[1::2]]
    words = [word for part in parts[::2] for word in split_words(part)]
    clauses += [{(form,) for form in get_possible_stems(word)} for word in words]
    if (
        words
        and len(parts) % 2
        and split_words(parts[-1])
        and len(start := normalise_text(words[-1])) >= MIN_PREFIX_LENGTH
    ):
        clauses[-1].add((f"{start}*",))
    return [clause for clause in clauses if clause][:MAX_CLAUSES]


def build_phrase_clause(words):
    """The words one after the other, by the roots they have in each language."""
    languages = [language for group in SCRIPT_LANGUAGES.values() for language in group]
    known = {tuple(stem_word(word, language) for word in words) for language in languages}
    return known | {tuple(map(normalise_text, words))} if words else set()


# --- Where the words stand --------------------------------------------------------------------


@dataclass(frozen=True)
class Passage:
    """`text` is safe HTML with the found words in `mark`; `language` is the one it is written in."""

    text: SafeString
    language: str


class Highlighter:
    """The words of one query, for showing them in the texts they were found in."""

    def __init__(self, query):
        forms = {word for clause in parse_clauses(query) for words in clause for word in words}
        self.starts = tuple(form[:-1] for form in forms if form.endswith("*"))
        self.forms = {form for form in forms if not form.endswith("*")}
        # The texts of a page have few different words, and each is looked at several times.
        self.is_match = cache(self.compared)

    def compared(self, word, language):
        word = trim_word(word.lower())
        plain = normalise_text(word)
        return stem_word(word, language) in self.forms or plain in self.forms or plain.startswith(self.starts)

    def spans(self, text, language):
        """(start, end, the word) for each found word."""
        found = [match for match in WORD.finditer(text) if self.is_match(match[0], language)]
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
        return transform_texts(
            entry.fragment, lambda text: self.marked(text, language), classes=["entry-title", "entry-sum"]
        )

    def passage(self, entry):
        """The `Passage` of the text that shows more of the words than the summary; None if there is none.

        Of a testimony nothing is shown out of its place, below its content note.
        """
        if entry.section == "stories":
            return None
        language = entry.spoken.get("body", entry.language)
        shown = self.distinct(f"{entry.title} {entry.summary}", entry.text_language)
        sentences = [
            sentence.removeprefix(LIST_ITEM_PREFIX)
            for sentence in SENTENCE_BREAK.split(convert_html_to_text(entry.body))
        ]
        best = max(sentences, key=lambda sentence: self.distinct(sentence, language))
        if self.distinct(best, language) <= shown:
            return None
        return Passage(self.marked(self.cut(best, language), language), language)

    def distinct(self, text, language):
        return len({word for _start, _end, word in self.spans(text, language)})

    def cut(self, text, language):
        """So much of a long sentence that the first found word is in sight."""
        if len(text) <= PASSAGE_LENGTH:
            return text
        first = self.spans(text, language)[0][0]
        start = max(0, min(first - PASSAGE_LENGTH // 3, len(text) - PASSAGE_LENGTH))
        part = text[start : start + PASSAGE_LENGTH]
        part = part.partition(" ")[2] if start else part
        part = part.rpartition(" ")[0] if start + PASSAGE_LENGTH < len(text) else part
        return f"{'… ' if start else ''}{part}{' …' if start + PASSAGE_LENGTH < len(text) else ''}"
