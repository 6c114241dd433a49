"""This module knows how written text and typed queries become comparable: one form for case, accents and letters."""

import re
import unicodedata

from .characters import EVERY, MARKS, build_class, fold_text

COMBINING_MARKS = re.compile(f"[{build_class([*filter(unicodedata.combining, EVERY), *MARKS])}]")
# Letters that writers use for each other: alef and its carriers, final yeh, teh marbuta.
LETTER_EQUIVALENTS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ё": "е", "ـ": None})


def normalise_text(text):
    """Case folded, without accents and vowel marks, white space single; the same for text and query."""
    bare = COMBINING_MARKS.sub("", unicodedata.normalize("NFKD", fold_text(text)))
    return " ".join(bare.translate(LETTER_EQUIVALENTS).split())


# Letters of private use: to a database letters like any other, in no word that anybody can type.
TOKEN_MARK, ESCAPE_MARK = "\ue000", "\ue003"


def build_facet_token(facet, value):
    """One value of a facet as a word of the search index, so that words and filters are looked up together.

    Two values never have the same mark, though databases fold letters and part words at signs.
    """
    return TOKEN_MARK + re.sub("[^a-z0-9]", escape_token_letter, f"{facet} {value}")


def escape_token_letter(found):
    return TOKEN_MARK if found[0] in " -" else f"{ESCAPE_MARK}{ord(found[0]):x}{ESCAPE_MARK}"
