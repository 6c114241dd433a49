"""This module knows which entries a reader's words find.

The words of an entry were normalised when it was written (`publishing.words`), a query is normalised
the same way here, so that case, accents and letters used for each other never decide.
"""

import re

from publishing.words import normalise

TERMS = 12
PHRASE = re.compile(r'["“”„«»]')


def terms_of(query):
    """The words and quoted phrases of a query, normalised, each once; a quote left open ends with the query."""
    parts = PHRASE.split(query)
    words = [word for part in parts[::2] for word in normalise(part).split()]
    terms = [bare(word) for word in words] + [normalise(phrase) for phrase in parts[1::2]]
    return list(dict.fromkeys(filter(None, terms)))[:TERMS]


def bare(word):
    """A word without the punctuation around it."""
    return re.sub(r"^\W+|\W+$", "", word)


def matching(entries, query):
    """Those of `entries` that carry every term of the query; a query without any word finds nothing."""
    terms = terms_of(query)
    if not terms:
        return entries.none()
    for term in terms:
        entries = entries.filter(words__contains=term)
    return entries
