"""This module knows where in a text the words of a query stand, and marks them there."""

import re
from dataclasses import dataclass
from functools import cache

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from publishing.text.cleaning import convert_html_to_text, transform_texts
from publishing.text.normalise import normalise_text
from publishing.text.stemming import WORD, stem_word, trim_word

from .matching import parse_clauses

PASSAGE_LENGTH = 240  # characters
LIST_ITEM_PREFIX = "- "  # as `convert_html_to_text` begins an item of a list
SENTENCE_BREAK = re.compile(r"(?<=[.!?…؟])\s+|\n+")


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
        self.is_match = cache(self.compare_word)

    def compare_word(self, word, language):
        word = trim_word(word.lower())
        plain = normalise_text(word)
        return stem_word(word, language) in self.forms or plain in self.forms or plain.startswith(self.starts)

    def find_spans(self, text, language):
        """(start, end, the word) for each found word."""
        found = [match for match in WORD.finditer(text) if self.is_match(match[0], language)]
        return [(match.start(), match.end(), match[0].lower()) for match in found]

    def highlight(self, text, language):
        """The text as safe HTML, found words marked."""
        pieces, done = [], 0
        for start, end, _word in self.find_spans(text, language):
            pieces.append((escape(text[done:start]), format_html("<mark>{}</mark>", text[start:end])))
            done = end
        return format_html("{}{}", format_html_join("", "{}{}", pieces), text[done:])

    def fragment(self, entry):
        """What the list shows of an entry, found words marked in its title and summary."""
        language = entry.original_language if entry.facts["original"] else entry.text_language
        return transform_texts(
            entry.fragment, lambda text: self.highlight(text, language), classes=["entry-title", "entry-sum"]
        )

    def passage(self, entry):
        """The `Passage` of the text that shows more of the words than the summary; None if there is none.

        Of a testimony, or under a content note, nothing is shown out of its place.
        """
        if entry.is_held_back:
            return None
        language = entry.spoken.get("body", entry.language)
        shown = self.count_distinct(f"{entry.title} {entry.summary}", entry.text_language)
        sentences = [
            sentence.removeprefix(LIST_ITEM_PREFIX)
            for sentence in SENTENCE_BREAK.split(convert_html_to_text(entry.body))
        ]
        best = max(sentences, key=lambda sentence: self.count_distinct(sentence, language))
        if self.count_distinct(best, language) <= shown:
            return None
        return Passage(self.highlight(self.shorten(best, language), language), language)

    def count_distinct(self, text, language):
        return len({word for _start, _end, word in self.find_spans(text, language)})

    def shorten(self, text, language):
        """So much of a long sentence that the first found word is in sight."""
        if len(text) <= PASSAGE_LENGTH:
            return text
        first = self.find_spans(text, language)[0][0]
        start = max(0, min(first - PASSAGE_LENGTH // 3, len(text) - PASSAGE_LENGTH))
        part = text[start : start + PASSAGE_LENGTH]
        part = part.partition(" ")[2] if start else part
        part = part.rpartition(" ")[0] if start + PASSAGE_LENGTH < len(text) else part
        return f"{'… ' if start else ''}{part}{' …' if start + PASSAGE_LENGTH < len(text) else ''}"
