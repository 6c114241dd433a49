"""This module knows how written text and typed queries become comparable: one form for case, accents and letters."""

import re
import sys
import unicodedata

MARKS = re.compile("[" + "".join(filter(unicodedata.combining, map(chr, range(sys.maxunicode // 8)))) + "]")
# Letters that writers use for each other: alef and its carriers, final yeh, teh marbuta.
SAME = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ё": "е", "ـ": None})


def normalise(text):
    """Case folded, without accents and vowel marks, white space single; the same for text and query."""
    bare = MARKS.sub("", unicodedata.normalize("NFKD", text))
    return " ".join(bare.casefold().translate(SAME).split())


OWN = "\ue000"  # a letter of private use: to a database a letter like any other, in no word that anybody can type


def mark_of(facet, value):
    """One value of a facet as a word of the search index, so that words and filters are looked up together."""
    return OWN + re.sub(r"[\W_]", OWN, f"{facet} {value}".casefold())
