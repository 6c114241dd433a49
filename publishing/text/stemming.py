"""This module knows which forms of a word are the same word, so that “torturing” finds “torture” and “пытками” “пытки”.

Snowball's rules for English, French, Spanish, Russian and Arabic; for Belarusian, which has none, our own below.
A root is a key and never shown. Texts and queries meet by it, so both have to come through here.
"""

import re
from functools import lru_cache

import Stemmer

from .normalise import normalise

# Letters and digits with their marks; an apostrophe belongs to a Cyrillic word (аб’ява) and parts any other.
WORD = re.compile(
    r"[^\W_](?:[^\W_]|[\u0300-\u036f\u064b-\u0652\u0670]|(?<=[Ѐ-ӿ])['’ʼ](?=[Ѐ-ӿ]))*",
)
APOSTROPHES = dict.fromkeys(map(ord, "'’ʼ"))
SCRIPTS = {"latin": re.compile("[a-zà-ɏ]"), "cyrillic": re.compile("[Ѐ-ӿ]"), "arabic": re.compile("[\u0600-\u06ff]")}
LANGUAGES = {"latin": ("en", "fr", "es"), "cyrillic": ("ru", "be"), "arabic": ("ar",)}
SNOWBALL = {"en": "english", "fr": "french", "es": "spanish", "ru": "russian", "ar": "arabic"}
SHORTEST = 3  # letters that a root keeps at least
LONGEST = 64  # letters of a word that count
MOST = 200_000  # characters kept of one publication: PostgreSQL indexes no more than a megabyte


def words_in(text):
    """The words of a text in lower case, in order, each as it is written but for apostrophes."""
    return [bare(word) for word in WORD.findall(text.lower())]


def bare(word):
    return word.translate(APOSTROPHES)[:LONGEST]


folded = lru_cache(maxsize=200_000)(normalise)


@lru_cache(maxsize=200_000)
def root(word, language):
    """The root of a word as `words_in` gives it, normalised; a language without rules leaves it whole."""
    if language == "be":
        return belarusian(normalise(word))
    if language == "ru":
        word = RUSSIAN.get(word, word.replace("ё", "е"))
    if language == "ar":
        word = ARTICLE.sub("", normalise(word))
    return normalise(snowball(language).stemWord(word)) if language in SNOWBALL else normalise(word)


@lru_cache(maxsize=1000)
def roots(word):
    """Every root that the word may have, whichever language it is in, and the word itself."""
    script = next((name for name, letters in SCRIPTS.items() if letters.search(word)), None)
    return frozenset({normalise(word), *(root(word, language) for language in LANGUAGES.get(script, ()))})


@lru_cache
def snowball(language):
    # Its own cache would hide that we share it between threads, which it does not allow for.
    return Stemmer.Stemmer(SNOWBALL[language], maxCacheSize=0)


def searchable(*groups, marks=()):
    """The words of a publication as they are kept for searching; a group is of (text, language) pairs.

    One line for `marks` (`words.mark_of`), then one for each group, those that weigh most first: the roots
    in the order of the text, and after them such forms as a prefix may begin or a reader type.
    """
    return "\n".join([" ".join(marks), *map(line_of, groups)])[:MOST]


def line_of(texts):
    pairs = [(word, language) for text, language in texts for word in words_in(text)]
    kept = [root(word, language) for word, language in pairs]
    forms = {folded(word) for word in {word for word, _language in pairs}}
    return " ".join([*kept, *sorted(forms.difference(kept))])


# --- Arabic, Russian --------------------------------------------------------------------------

# “and”, “so”, “by”, “like” and “the” are written onto the word: والتعذيب is “and the torture”.
ARTICLE = re.compile("^(?:[وف]?[بك]?ال|[وف]?لل)(?=.{3})")
# Plurals with a vowel that comes and goes, which rules about endings cannot see.
RUSSIAN = {"пыток": "пытки", "людей": "люди", "людям": "люди", "людьми": "люди", "детей": "дети", "детьми": "дети"}

# --- Belarusian -------------------------------------------------------------------------------

# Endings as they stand after `normalise` (ў is у, й is и, ё is е), the longest first: nouns, adjectives, verbs.
ENDINGS = (
    "еишыя", "еишых", "аецца", "уецца", "ываюць",
    "юцца", "уцца", "ыцца", "іцца", "ацца", "яцца", "ываць", "аваць", "яваць", "аюць", "уюць", "яюць", "авау", "ыямі",
    "ымі", "імі", "амі", "ямі", "ага", "яга", "ога", "аму", "яму", "ому", "іць", "ыць", "аць", "яць", "юць", "уць",
    "алі", "ялі", "ілі", "ылі", "ала", "яла", "іла", "ыла", "ауся", "ывае", "ыяи", "ыях", "ыям", "іяи", "іях", "іям",
    "ая", "яя", "ую", "юю", "ое", "ае", "яе", "ыя", "ія", "ыю", "ію", "ыі", "іі", "аи", "яи", "ои", "еи", "ых", "іх",
    "ым", "ім", "ыи", "іи", "ах", "ях", "ам", "ям", "ау", "яу", "оу", "еу", "ем", "ом", "іу", "ыу",
    "а", "я", "у", "ю", "ы", "і", "е", "о", "э", "ь", "и",
)  # fmt: skip
# Consonants that change before an ending: суд, судзе; свет, свеце.
SOFT = (("дз", "д"), ("ц", "т"))
DOUBLED = re.compile(r"([^н])\1ю$")  # Беларуссю, but катаванню
# A vowel that comes and goes, and short verbs: rules about endings cannot see these. Normalised like all else here.
BELARUSIAN = {
    "вязень": "вязн", "палітвязень": "палітвязн", "жнівень": "жніун", "верасень": "верасн", "снежань": "снежн",
    "дзень": "дн", "дня": "дн", "дні": "дн", "дзен": "дн", "прау": "прав",
    "біць": "бі", "біу": "бі", "біла": "бі", "білі": "бі", "людзеи": "людз", "дзецеи": "дзец",
}  # fmt: skip


def belarusian(word):
    """The root of a normalised word: its longest ending goes while three letters and a vowel stay."""
    if word in BELARUSIAN:
        return hardened(BELARUSIAN[word])
    word = DOUBLED.sub(r"\1", word)
    for ending in ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= SHORTEST and VOWEL.search(stem):
            return hardened(stem)
    return hardened(word)


VOWEL = re.compile("[аеіоуыэюяи]")


def hardened(stem):
    for soft, hard in SOFT:
        if stem.endswith(soft) and len(stem) > SHORTEST:
            return stem.removesuffix(soft) + hard
    return stem
