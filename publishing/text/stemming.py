"""This module knows which forms of a word are the same word, so that “torturing” finds “torture” and “пытками” “пытки”.

Snowball's rules for English, French, Spanish, Russian and Arabic; for Belarusian, which has none, our own below.
A root is a key and never shown. Texts and queries meet by it, so both have to come through here.
"""

import re
import unicodedata
from functools import lru_cache

import Stemmer

from .characters import APOSTROPHES, INSIDE, SIGNS, unify_letters
from .normalise import normalise_text

CYRILLIC_APOSTROPHE = rf"(?<=[Ѐ-ӿ])[{APOSTROPHES}](?=[Ѐ-ӿIiEe])"
# Letters and digits with their marks and whatever shows nothing; an apostrophe belongs to a Cyrillic word (аб’ява) and
# parts any other.
WORD = re.compile(
    rf"[^\W_](?:[^\W_]|[{INSIDE}]|{CYRILLIC_APOSTROPHE})*",
)
APOSTROPHE_FREE = dict.fromkeys(map(ord, APOSTROPHES))
SCRIPTS = {"latin": re.compile("[a-zà-ɏ]"), "cyrillic": re.compile("[Ѐ-ӿ]"), "arabic": re.compile("[\u0600-\u06ff]")}
SCRIPT_LANGUAGES = {"latin": ("en", "fr", "es"), "cyrillic": ("ru", "be"), "arabic": ("ar",)}
SNOWBALL_ALGORITHMS = {"en": "english", "fr": "french", "es": "spanish", "ru": "russian", "ar": "arabic"}
MIN_STEM_LENGTH = 3  # letters that a root keeps at least
MAX_WORD_LENGTH = 64  # letters of a word that count
MAX_SEARCH_TEXT = 200_000  # characters kept of one publication: PostgreSQL indexes no more than a megabyte


def split_words(text):
    """The words of a text in lower case, in order, each as it is written but for apostrophes."""
    return [trim_word(word) for word in WORD.findall(text.lower())]


def trim_word(word):
    """A word in small letters as people see it, without apostrophes."""
    if not word.isascii():
        shown = unicodedata.normalize("NFKC", word.translate(SIGNS)).casefold()
        word = unify_letters(shown.translate(APOSTROPHE_FREE))
    return word[:MAX_WORD_LENGTH]


normalise_cached = lru_cache(maxsize=200_000)(normalise_text)


@lru_cache(maxsize=200_000)
def stem_word(word, language):
    """The root of a word as `split_words` gives it, normalised; a language without rules leaves it whole."""
    if language == "be":
        return stem_belarusian(normalise_text(word))
    if language == "ru":
        word = RUSSIAN_IRREGULARS.get(word, word.replace("ё", "е"))
    if language == "ar":
        word = ARTICLE.sub("", normalise_text(word))
    return (
        normalise_text(get_snowball_stemmer(language).stemWord(word))
        if language in SNOWBALL_ALGORITHMS
        else normalise_text(word)
    )


@lru_cache(maxsize=1000)
def get_possible_stems(word):
    """Every root that the word may have, whichever language it is in, and the word itself."""
    script = next((name for name, letters in SCRIPTS.items() if letters.search(word)), None)
    return frozenset(
        {normalise_text(word), *(stem_word(word, language) for language in SCRIPT_LANGUAGES.get(script, ()))}
    )


@lru_cache
def get_snowball_stemmer(language):
    # Its own cache would hide that we share it between threads, which it does not allow for.
    return Stemmer.Stemmer(SNOWBALL_ALGORITHMS[language], maxCacheSize=0)


def build_search_text(*groups, marks=()):
    """The words of a publication as they are kept for searching; a group is of (text, language) pairs.

    One line for `marks` (`normalise.build_facet_token`), then one for each group, those that weigh most first: the
    roots in the order of the text, and after them such forms as a prefix may begin or a reader type.
    """
    return "\n".join([" ".join(marks), *map(build_search_line, groups)])[:MAX_SEARCH_TEXT]


def build_search_line(texts):
    pairs = [(word, language) for text, language in texts for word in split_words(text)]
    kept = [stem_word(word, language) for word, language in pairs]
    forms = {normalise_cached(word) for word in {word for word, _language in pairs}}
    return " ".join([*kept, *sorted(forms.difference(kept))])


# --- Arabic, Russian --------------------------------------------------------------------------

# “and”, “so”, “by”, “like” and “the” are written onto the word: والتعذيب is “and the torture”.
ARTICLE = re.compile("^(?:[وف]?[بك]?ال|[وف]?لل)(?=.{3})")
# Plurals with a vowel that comes and goes, which rules about endings cannot see.
RUSSIAN_IRREGULARS = {
    "пыток": "пытки",
    "людей": "люди",
    "людям": "люди",
    "людьми": "люди",
    "детей": "дети",
    "детьми": "дети",
}

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
SOFT_CONSONANTS = (("дз", "д"), ("ц", "т"))
DOUBLED = re.compile(r"([^н])\1ю$")  # Беларуссю, but катаванню
# A vowel that comes and goes, and short verbs: rules about endings cannot see these. Normalised like all else here.
BELARUSIAN_IRREGULARS = {
    "вязень": "вязн", "палітвязень": "палітвязн", "жнівень": "жніун", "верасень": "верасн", "снежань": "снежн",
    "дзень": "дн", "дня": "дн", "дні": "дн", "дзен": "дн", "прау": "прав",
    "біць": "бі", "біу": "бі", "біла": "бі", "білі": "бі", "людзеи": "людз", "дзецеи": "дзец",
}  # fmt: skip


def stem_belarusian(word):
    """The root of a normalised word: its longest ending goes while three letters and a vowel stay."""
    if word in BELARUSIAN_IRREGULARS:
        return harden_stem(BELARUSIAN_IRREGULARS[word])
    word = DOUBLED.sub(r"\1", word)
    for ending in ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= MIN_STEM_LENGTH and VOWEL.search(stem):
            return harden_stem(stem)
    return harden_stem(word)


VOWEL = re.compile("[аеіоуыэюяи]")


def harden_stem(stem):
    for soft, hard in SOFT_CONSONANTS:
        if stem.endswith(soft) and len(stem) > MIN_STEM_LENGTH:
            return stem.removesuffix(soft) + hard
    return stem
