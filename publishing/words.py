"""This module knows how written text and typed queries become comparable: one form for case, accents and letters."""

import unicodedata

# Letters that writers use for each other: alef and its carriers, final yeh, teh marbuta.
SAME = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ё": "е", "ـ": None})


def normalise(text):
    """Case folded, without accents and vowel marks, white space single; the same for text and query."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(bare.casefold().translate(SAME).split())
