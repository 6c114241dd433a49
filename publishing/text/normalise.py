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


# Letters of private use: to a database letters like any other, in no word that anybody can type.
OWN, OTHER = "\ue000", "\ue003"


def mark_of(facet, value):
    """One value of a facet as a word of the search index, so that words and filters are looked up together.

    Two values never have the same mark, though databases fold letters and part words at signs.
    """
    return OWN + re.sub("[^a-z0-9]", other_letter, f"{facet} {value}")


def other_letter(found):
    return OWN if found[0] in " -" else f"{OTHER}{ord(found[0]):x}{OTHER}"
