"""This module knows which forms of a word are the same word, so that “torturing” finds “torture” and “пытками” “пытки”.

Snowball's rules for English, French, Spanish, Russian and Arabic; for Belarusian, which has none, our own below.
A root is a key and never shown. Texts and queries meet by it, so both have to come through here.
"""

import re
from functools import lru_cache

import Stemmer

from .words import normalise

# An apostrophe is a letter inside a Belarusian or Ukrainian word; elsewhere it parts two.
INNER = re.compile(r"(?<=[Ѐ-ӿ])['’ʼ](?=[Ѐ-ӿ])")
WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u064b-\u0652\u0670][^\W_]*)*")
SCRIPTS = {"latin": re.compile("[a-zà-ɏ]"), "cyrillic": re.compile("[Ѐ-ӿ]"), "arabic": re.compile("[\u0600-\u06ff]")}
LANGUAGES = {"latin": ("en", "fr", "es"), "cyrillic": ("ru", "be"), "arabic": ("ar",)}
SNOWBALL = {"en": "english", "fr": "french", "es": "spanish", "ru": "russian", "ar": "arabic"}
SHORTEST = 3  # letters that a root keeps at least


def words_in(text):
    """The words of a text in lower case, in order, each as it is written."""
    return WORD.findall(INNER.sub("", text.lower()))


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


def searchable(titles, others):
    """The words of a publication as they are kept for searching; both take (text, language) pairs.

    Three lines: the roots of its titles, the roots of the rest, and forms that a prefix may begin.
    """
    lines, forms = [], set()
    for texts in (titles, others):
        pairs = [(word, language) for text, language in texts for word in words_in(text)]
        lines.append(" ".join(root(word, language) for word, language in pairs))
        forms.update(normalise(word) for word, _language in pairs)
    return "\n".join([*lines, " ".join(sorted(forms - set(" ".join(lines).split())))])


# --- Arabic, Russian --------------------------------------------------------------------------

# “and”, “so”, “by”, “like” and “the” are written onto the word: والتعذيب is “and the torture”.
ARTICLE = re.compile("^(?:[وف]?[بك]?ال|[وف]?لل)(?=.{3})")
# Plurals with a vowel that comes and goes, which rules about endings cannot see.
RUSSIAN = {"пыток": "пытки", "людей": "люди", "людям": "люди", "людьми": "люди", "детей": "дети", "детьми": "дети"}

# --- Belarusian -------------------------------------------------------------------------------

# Endings as they stand after `normalise` (ў is у, й is и, ё is е), the longest first: nouns, adjectives, verbs.
ENDINGS = (
    "ываюць", "аваннем", "еишыя", "еишых", "аецца", "уецца", "юцца", "уцца", "ываць", "аваць", "яваць",
    "ывае", "аюць", "уюць", "яюць", "авау", "ыцца", "іцца", "ацца", "яцца",
    "ымі", "імі", "амі", "ямі", "ага", "яга", "ога", "аму", "яму", "ому", "ыцц", "іць", "ыць", "аць", "яць", "юць",
    "уць", "алі", "ялі", "ілі", "ылі", "ала", "яла", "іла", "ыла", "ауся",
    "ая", "яя", "ую", "юю", "ое", "ае", "яе", "ыя", "ія", "аи", "яи", "ои", "еи", "ых", "іх", "ым", "ім", "ыи", "іи",
    "ах", "ях", "ам", "ям", "ау", "яу", "оу", "еу", "ем", "ом", "ау", "іу", "ыу", "цю", "ью",
    "а", "я", "у", "ю", "ы", "і", "е", "о", "э", "ь", "и",
)  # fmt: skip
# Consonants that change before an ending: суд, судзе; свет, свеце; рука, руцэ stays apart.
SOFT = (("дз", "д"), ("ц", "т"))


def belarusian(word):
    """The root of a normalised word: its longest ending goes while three letters and a vowel stay."""
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
