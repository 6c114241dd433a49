"""This module knows how else a name is spelled: one skeleton for its Cyrillic, Latin and Arabic forms.

A skeleton keeps which consonants sound, coarsely, and where vowels stand between them; the endings that a
Slavic name takes in a sentence are gone. What is ambiguous is read in one way in a text and in every way in a
name, so that a text costs one reading a word. Skeletons are keys: never shown, never stored.
Not here: the list of names (`screening/names.py`); the roots that a search goes by (`stemming.py`).
"""

import re
import unicodedata
from functools import lru_cache
from itertools import islice, product

from anyascii import anyascii

from .characters import APOSTROPHES, HYPHENS, INSIDE, SIGNS, build_class, unify_letters
from .normalise import normalise_text

MAX_READINGS = 24  # of one word of a name
VOWEL = "a"
# Letters of the table below -> their sound; after a stroke, what else they may be read as. Longer ones are tried first.
LATIN = {
    **dict.fromkeys("aeiouy", VOWEL), **{letter: letter for letter in "bdhklmnprstv"},
    "c": "k/t", "ce": "sa/ta/ka", "ci": "sa/ta/ka", "cy": "sa/ta", "ch": "s/h/k", "ck": "k", "cz": "s", "dh": "d/s",
    "dj": "s", "dz": "d", "dzh": "s", "f": "v", "g": "h/s", "gh": "h", "gu": "ha", "j": "s/a/h", "kh": "h", "ph": "v",
    "q": "k", "qu": "k", "sch": "s", "sh": "s", "shch": "s", "sz": "s", "tch": "s", "th": "t/s", "ts": "t",
    "tsch": "s", "tz": "t", "w": "v/a", "x": "ks/h", "z": "s/t", "zh": "s", "ß": "s",
}  # fmt: skip
# Belarusian, Polish, Czech and South Slavic letters: where one of them stands, c, ch and j are read as there.
SLAVIC_LETTERS = {"č": "s", "š": "s", "ž": "s", "ś": "s", "ź": "s", "ż": "s", "ć": "s/t", "ń": "n", "ł": "l", "ŭ": "v"}
SLAVIC = LATIN | SLAVIC_LETTERS | {"c": "t", "ce": "ta", "ci": "ta", "cy": "ta", "ch": "h", "j": "a", "h": "h"}
CYRILLIC = {
    **dict.fromkeys("аэоуыиій", VOWEL), **dict.fromkeys("яюеёєї", "a/sa"), **dict.fromkeys("ьъ", ""),
    **dict(zip("бвўдзклмнпрстфчшщ", "bvvdsklmnprstvsss", strict=True)),
    "г": "h/s", "ґ": "h", "ж": "s/a", "х": "h/s", "ц": "t/s",
    "дз": "d", "дж": "s/a", "тс": "t", "кс": "ks", **dict.fromkeys(["те", "ти", "тэ"], "ta/sa"),
}  # fmt: skip
ARABIC = {
    **dict.fromkeys("اأإآٱىيیئؤوۆےے", VOWEL), **dict.fromkeys("عء", ""),
    **dict(zip("بپتطحخدضرزسشصژچغفڤقکكگلمنه", "bpttHhddrsssssshvvkkkhlmnh".lower(), strict=True)),
    "ث": "t/s", "ج": "s/a/h", "ذ": "d/s", "ظ": "s/d", "ق": "k/h", "ة": "a", "تس": "t", "تش": "s", "دج": "s",
    "وا": "a/va", "وي": "a/va",
}  # fmt: skip
TABLES = {"latin": LATIN, "slavic": SLAVIC, "cyrillic": CYRILLIC, "arabic": ARABIC}
GRAPHEMES = {
    name: re.compile("|".join(sorted(map(re.escape, table), key=len, reverse=True))) for name, table in TABLES.items()
}
# Here they are no j in any Latin spelling, and here is a j none of theirs: Сяргей, Andrej.
IOTATED = re.compile("(?<=[бвгґджзклмнпрстфхцчшщ])[яюеёє]")
GLIDE = re.compile("j(?![aeiouy])")
# Ivanou is Іваноў: at its end the vowel of a Belarusian name sounds as in Ivanov.
SHORT_U = re.compile("(?<=[^aeiouy])(?:i?[oe]|a)u$")
CYRILLIC_LETTER, ARABIC_LETTER = re.compile("[\u0400-\u04ff]"), re.compile("[\u0600-\u06ff]")
SLAVIC_LETTER = re.compile(f"[{''.join(SLAVIC_LETTERS)}]")

# --- Words ------------------------------------------------------------------------------------

# Accents and vowel marks, the Arabic lengthening stroke, soft hyphens and joiners stand inside a word.
WORD = rf"[^\W\d_](?:[^\W\d_]|[{INSIDE}]|[{APOSTROPHES}](?=[^\W\d_]))*"
# Hyphens and dashes, so that a name that was cut by one is found whole and in parts.
NAME_HYPHENS = frozenset(HYPHENS + "_")
CHAIN = re.compile(rf"{WORD}(?:[{build_class(NAME_HYPHENS)}]{WORD})*")
PARTS = re.compile(WORD)
ELIDED = re.compile(rf"^(?:[cdjlmnst]|qu)[{APOSTROPHES}](?=\w)")
POSSESSIVE = re.compile(rf"[{APOSTROPHES}]s$")
SILENT_MARKS = re.compile(rf"[{INSIDE}{APOSTROPHES}]")
# Written before a name or apart from it, or left out: they say nothing.
PARTICLES = frozenset({"al", "el", "ul", "bin", "ibn", "ben", "аль", "эль", "бин", "ибн", "بن", "ابن", "ال"})
ARTICLE = re.compile("^(?:ال|لل)(?=.{3})")
# Abdulrahman, Abdurrahman, Abdel Rahman: the article between goes into either word.
ABD = ("abd", "абд", "عبد")
ABD_WITH_ARTICLE = re.compile(
    "^(abd|абд|عبد)(?:[aeuаеуэ](?:l|ль?)$|[aeuаеуэ](?:l|ль?)(?=.{2})|[aeuаеуэ](\\w)(?=\\2)|ال(?=.{2}))"
)
PREFIX = re.compile("^[وفبكل](?=.{3})")  # “and”, “so”, “by”, “like”, “to”, written onto the word


@lru_cache(maxsize=100_000)
def fold_word(word):
    """A word of a text in lower case, without what elision or a genitive put around it."""
    word = unify_letters(unicodedata.normalize("NFKC", word.translate(SIGNS)).casefold())
    word = SILENT_MARKS.sub("", POSSESSIVE.sub("", ELIDED.sub("", word)))
    word = ARTICLE.sub("", word) if ARABIC_LETTER.search(word) else word
    return ABD_WITH_ARTICLE.sub(r"\1", word)


def is_arabic(word):
    return bool(ARABIC_LETTER.search(word))


# --- Skeletons --------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def build_skeleton(word):
    """The skeleton of a folded word as it is read in a text."""
    return reduce_to_skeleton("".join(sounds[0] for sounds in get_grapheme_sounds(word)))


def build_skeleton_variants(word):
    """Every skeleton that other spellings of a folded word of a name may have in a text."""
    readings = islice(product(*get_grapheme_sounds(word)), MAX_READINGS)
    found = {reduce_to_skeleton(form) for reading in readings for form in vary_fleeting_vowel("".join(reading))}
    plain = build_skeleton(word)
    return {plain} | {other for other in found if count_consonants(other) >= min(3, count_consonants(plain))}


def get_grapheme_sounds(word):
    """For each grapheme of a folded word the sounds that it may stand for, the usual one first."""
    script = detect_script(word)
    if script == "arabic":
        word = re.sub("ه$", "ة", strip_arabic_marks(word))
    elif script == "cyrillic":
        word = IOTATED.sub("э", word)
    elif script == "slavic":
        word = SHORT_U.sub("ov", word)
    else:
        word = SHORT_U.sub("ov", anyascii(word))
        word = GLIDE.sub("y", normalise_text(word).replace(" ", ""))
    return [TABLES[script][part].split("/") for part in GRAPHEMES[script].findall(word)]


def detect_script(word):
    if ARABIC_LETTER.search(word):
        return "arabic"
    if CYRILLIC_LETTER.search(word):
        return "cyrillic"
    return "slavic" if SLAVIC_LETTER.search(word) else "latin"


def strip_arabic_marks(word):
    return "".join(letter for letter in word if not unicodedata.combining(letter))


def vary_fleeting_vowel(sounds):
    """Also with the vowel before the last consonant gone or put in: Павел and Павла, Пётр and Peter."""
    bare = sounds.rstrip(VOWEL)
    yield sounds
    if re.search("[^a]a+[^a]$", bare):
        yield re.sub("a+([^a])$", r"\1", bare)
    elif re.search("[^a][^a]$", bare):
        yield f"{bare[:-1]}a{bare[-1]}"


def reduce_to_skeleton(sounds):
    """Sounds as a skeleton: nothing doubled, no ў or в where it is hardly heard, no ending."""
    sounds = re.sub(r"(.)\1+", r"\1", sounds)
    sounds = re.sub(r"av(?=[^a])", "a", sounds)
    while True:
        sounds = sounds.rstrip(VOWEL)
        # -ом -ам -ого -ых
        if sounds[-2:] not in {"am", "ah"} or count_consonants(sounds[:-2]) < 2:
            return sounds
        sounds = sounds[:-2]


def count_consonants(sounds):
    return len(sounds) - sounds.count(VOWEL)


def extract_consonants(sounds):
    """What Arabic writes of a skeleton: its consonants, among which it has no p."""
    return re.sub(r"(.)\1+", r"\1", sounds.replace(VOWEL, "").replace("p", "b"))
