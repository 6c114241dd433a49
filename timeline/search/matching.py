"""This module knows which entries a reader's words find; not here: where in a text they stand (`highlighting.py`).

Words meet texts by their roots (`publishing.text.stemming`), in whichever language the reader typed them. All words
have to occur; words in quotation marks follow each other; the last word may still be unfinished.
"""

import re

from publishing.text.normalise import build_facet_token, normalise_text
from publishing.text.stemming import SCRIPT_LANGUAGES, get_possible_stems, split_words, stem_word

from .fulltext_index import count_matching_releases, find_hits, get_matching_releases
from .fulltext_syntax import TextQuery, build_tiers

# As `publishing.workflow.entries` writes them.
INDEXED_FACETS = {"situation", "section", "kind", "in", "year", "month", "tag", "partner"}
MAX_CLAUSES = 12  # clauses
MAX_COUNTED = 1000  # entries; of a search that finds more no more is said than that
HIT_BATCH_SIZE = 500  # hits that are looked at together, where many of them may not be read
MIN_PREFIX_LENGTH = 3  # letters from which on a word may be unfinished
QUOTATION_MARKS = re.compile(r'["“”„«»]')


def filter_by_words(entries, query_filter):
    """Those of `entries` that a filter with words finds; a query without any word finds nothing.

    `entries` need to be narrowed only by what the index does not know.
    """
    asked = build_text_query(query_filter)
    return entries.filter(release__in=get_matching_releases(asked)) if asked else entries.none()


def build_text_query(query_filter):
    """The words of a filter, and its facets to look in the same place for; None for a query without any word."""
    clauses = parse_clauses(query_filter.q)
    chosen = query_filter.chosen | ({"situation": (query_filter.situation,)} if query_filter.situation else {})
    if "text" in chosen:  # the index knows an item in all its languages at once
        chosen = chosen | {"text": (query_filter.language,)}
    marks = [
        {(build_facet_token(name, value),) for value in values}
        for name, values in chosen.items()
        if name in INDEXED_FACETS
    ]
    return TextQuery(tuple(clauses), tuple(marks)) if clauses else None


def are_countable(filters):
    """For each of some filters with words whether it finds so little that it is counted; one query."""
    questions = [build_text_query(query_filter) for query_filter in filters]
    numbers = iter(count_matching_releases([asked for asked in questions if asked], most=MAX_COUNTED + 1))
    return [not asked or next(numbers) <= MAX_COUNTED for asked in questions]


def search_entries(query_filter, entries, *, after, most, is_ranked):
    """(hit, entry) for the first that are found: best first, or the newest; a cursor's `Hit` leads further.

    Of `entries` the same is true as in `filter_by_words`; what the index knows and may not be read is passed over.
    """
    asked, found, step = build_text_query(query_filter), [], most
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
    """What has to be met, as `fulltext_syntax` has it; quotation marks left open end with the query."""
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
