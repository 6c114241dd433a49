"""The one table of characters: which show nothing, which look alike, and which are the same sign of another keyboard.

Names never to be published, the safety check, the search, lists at the desk, sign-up, imports and slugs all read it, so
that no two of them see different letters in the same text. Sources: Unicode 15.1 (general categories, NFKC,
Default_Ignorable_Code_Point) and its confusables (UTS #39), of which the letters of names in our languages are here.
Not here: which characters a text may keep (`cleaning.py`); which forms of a word are one word (`stemming.py`).
"""

import re
import unicodedata
from functools import lru_cache

# Beyond its second plane Unicode has no space, digit, mark or form of a character of ASCII; every process that starts
# reads all of these, and eight times as many would take a third of a second.
EVERY = [chr(code) for code in range(0x20000)]


def expand_ranges(*ranges):
    """Characters of “first-last” in hexadecimal, and of single codes."""
    bounds = [part.split("-") for part in " ".join(ranges).split()]
    return "".join(chr(code) for part in bounds for code in range(int(part[0], 16), int(part[-1], 16) + 1))


# --- What shows nothing, marks, spaces, signs -------------------------------------------------

# Soft hyphen, joiners, marks and overrides of direction, fillers of Hangul, variation selectors, tags.
INVISIBLE = expand_ranges(
    "ad 34f 61c 115f-1160 17b4-17b5 180b-180f 200b-200f 202a-202e 2060-206f 3164 fe00-fe0f feff ffa0 fff9-fffb",
    "1bca0-1bca3 1d173-1d17a e0000-e007f e0100-e01ef",
)
# Those that a word of some language is written with, and that a text may keep.
JOINERS = expand_ranges("ad 61c 200b-200f 2060")
# Marks on a letter that another keyboard, or another file system, leaves out or writes apart.
MARKS = expand_ranges(
    "300-344 346-34e 350-36f 483-489 591-5bd 610-61a 640 64b-65f 670 6d6-6dc 6df-6e4 6e7-6e8 20d0-20ff fe20-fe2f"
)
SPACES = "".join(one for one in EVERY if unicodedata.category(one) == "Zs") + expand_ranges("9-d 85 2028-2029 2800")
APOSTROPHES = "'" + expand_ranges(
    "60 b4 2b9 2bb-2bd 2be-2bf 2c8 2ca-2cb 55a 5f3 7f4 2018-201b 2032 2035 a78b-a78c ff07 ff40"
)
HYPHENS = "-" + expand_ranges("2d7 58a 5be 1806 2010-2015 2043 2212 fe58 fe63 ff0d")
DIGITS = {one: str(unicodedata.digit(one)) for one in EVERY if unicodedata.category(one) == "Nd"}

INVISIBLE_PATTERN = re.compile(f"[{re.escape(INVISIBLE)}]")
PLAIN_SIGNS = dict.fromkeys(SPACES, " ") | dict.fromkeys(APOSTROPHES, "'") | dict.fromkeys(HYPHENS, "-") | DIGITS
SIGNS = str.maketrans(dict.fromkeys(INVISIBLE) | PLAIN_SIGNS)


def keep_length(text):
    """The text with one plain character for each: for patterns that have to say where in a text they found something.

    What shows nothing stays as it is.
    """
    return text.translate(PLAIN)


# What another width, style or script of the same sign is in ASCII, one for one.
COMPATIBLE = {
    one: plain
    for one in EVERY[128:]
    if len(plain := unicodedata.normalize("NFKC", one)) == 1 and plain.isascii() and plain.isprintable()
}
PUNCTUATION = {"٫": ".", "،": ",", "؛": ";"}
PLAIN = str.maketrans(
    COMPATIBLE | PLAIN_SIGNS | PUNCTUATION | {one: one for one in APOSTROPHES} | {one: one for one in "\n\u2028\u2029"}
)


# --- Letters that look alike ------------------------------------------------------------------

# Pairs after case is folded, so that a capital counts for its small letter: В is B, Н is H.
LATIN_CYRILLIC = "aа bв cс eе gԍ hн iі jј kк lӏ mм oо pр qԛ rг sѕ tт wԝ xх yу zз ëё ïї ŭў äӓ öӧ"
LATIN_GREEK = "aα bβ cϲ eε hη iι jϳ kκ mμ nν oο pρ tτ uυ xχ yγ zζ wω sς"
CYRILLIC_GREEK = "аα вβ сϲ еε нη іι јϳ кκ мμ оο рρ тτ хχ уγ"
# Other letters for the same one within a script.
VARIANTS = {
    "latin": "ıi ɑa ɡg ɩi ʏy ʀr ƅb",
    "cyrillic": "ҝк қк ѵу һн",
    "greek": "",
    "arabic": "یي ىي ېي ۍي کك ڪك ګك ہه ەه ھه ۀه ۂه ۃة ٱا ڡف ٯق ںن",
}
LETTERS = {
    "latin": re.compile("[a-zß-ɏɐ-ʯᴀ-ᶿḀ-ỿⱠ-Ɀ]"),
    "cyrillic": re.compile("[Ѐ-ԯᲀ-ᲈⷠ-ⷿꙀ-ꚟ]"),
    "greek": re.compile("[Ͱ-Ͽἀ-῿]"),
    "arabic": re.compile("[؀-ۿݐ-ݿࡰ-ࣿ]"),
}


def build_letter_maps():
    """Script -> {letter of another script, or a variant: the letter of this script that looks like it}."""
    maps = {script: dict(pair for pair in words.split()) for script, words in VARIANTS.items()}
    pairs = (
        ("latin", "cyrillic", LATIN_CYRILLIC),
        ("latin", "greek", LATIN_GREEK),
        ("cyrillic", "greek", CYRILLIC_GREEK),
    )
    for one, other, words in pairs:
        for left, right in words.split():
            maps[one].setdefault(right, left)
            maps[other].setdefault(left, right)
    return {script: str.maketrans(letters) for script, letters in maps.items()}


LETTER_MAPS = build_letter_maps()


@lru_cache(maxsize=100_000)
def find_script(word):
    """The script of a word in small letters: of the letters that no other script has, else of most; "" for none."""
    counts = {script: len(letters.findall(word)) for script, letters in LETTERS.items()}
    own = {script: count - count_lookalikes(word, script) for script, count in counts.items()}
    best = max(counts, key=lambda script: (own[script], counts[script]))
    return best if counts[best] else ""


def count_lookalikes(word, script):
    """How many letters of this script in the word could as well be letters of another."""
    others = [letters for other, letters in LETTER_MAPS.items() if other != script]
    return sum(1 for letter in LETTERS[script].findall(word) if any(ord(letter) in letters for letters in others))


@lru_cache(maxsize=200_000)
def unify_letters(word):
    """A word in small letters with every letter in the one script that the word is written in."""
    script = "" if word.isascii() else find_script(word)
    return word.translate(LETTER_MAPS[script]) if script else word


def get_readings_in_other_scripts(word):
    """The word in each other script in which it would look the same from its first letter to its last."""
    for script, letters in LETTER_MAPS.items():
        shown = word.translate(letters)
        if shown != word and all(map(LETTERS[script].match, filter(str.isalpha, shown))):
            yield shown


# --- Patterns ---------------------------------------------------------------------------------


def build_class(characters):
    """What stands between the brackets of a pattern for any of these characters, as ranges."""
    codes, ranges = sorted(set(map(ord, characters))), []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{escape_code(first)}-{escape_code(last)}" for first, last in ranges)


def escape_code(code):
    letter = chr(code)
    return f"\\{letter}" if letter in r"\]^-[" else letter


# What may stand inside a word, seen or not, without making another one of it.
INSIDE = build_class(MARKS + INVISIBLE)


@lru_cache
def get_letter_families():
    """Letter -> all that it may be taken for, capitals among them: е ё Е Ё e é E É."""
    families = {}
    for letter in (chr(code) for code in range(0x2E80) if chr(code).isalpha()):
        families.setdefault(find_family(letter), []).append(letter)
    return {letter: "".join(family) for family in families.values() for letter in family}


def find_family(letter):
    bare = unicodedata.normalize("NFKD", letter.casefold())[:1]
    for script in ("arabic", "cyrillic", "latin"):
        bare = LETTER_MAPS[script].get(ord(bare), bare)
    return bare


def build_search_pattern(word):
    """A pattern, for Python and PostgreSQL alike, for the word however its letters and signs were typed."""
    families = get_letter_families()
    plain = unicodedata.normalize("NFKC", word.translate(SIGNS))
    kinds = {"'": APOSTROPHES, "-": HYPHENS} | {
        digit: "".join(k for k, v in DIGITS.items() if v == digit) for digit in "0123456789"
    }
    parts = [f"[{build_class(kinds.get(letter) or families.get(letter) or letter)}]" for letter in plain]
    return f"[{INSIDE}]*".join(parts)


# --- Whole texts ------------------------------------------------------------------------------


def fold_text(text):
    """A text as people see it, so that two which look the same are equal: width, case, script, spaces, signs, digits.

    Accents stay.
    """
    shown = unicodedata.normalize("NFKC", text.translate(SIGNS)).casefold()
    return " ".join(map(unify_letters, shown.split()))
