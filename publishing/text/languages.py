"""This module knows what a language calls itself and in which direction it runs, for any ISO 639 code.

Testimonies come in languages the site has no interface for, so Django's own list is not enough.
"""

from django.conf.locale import LANG_INFO
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import get_language

# Code -> own name and direction, of languages that Django does not list or, as Arabic, writes with more marks.
MORE_LANGUAGES = {
    "am": ("አማርኛ", "ltr"),
    "ar": ("العربية", "rtl"),
    "bm": ("Bamanankan", "ltr"),
    "ff": ("Fulfulde", "ltr"),
    "ha": ("Hausa", "ltr"),
    "ku": ("Kurdî", "ltr"),
    "ln": ("Lingála", "ltr"),
    "mg": ("Malagasy", "ltr"),
    "mo": ("Moldovenească", "ltr"),
    "om": ("Afaan Oromoo", "ltr"),
    "prs": ("دری", "rtl"),
    "ps": ("پښتو", "rtl"),
    "rw": ("Ikinyarwanda", "ltr"),
    "sd": ("سنڌي", "rtl"),
    "sn": ("chiShona", "ltr"),
    "so": ("Soomaali", "ltr"),
    "ti": ("ትግርኛ", "ltr"),
    "tl": ("Tagalog", "ltr"),
    "wo": ("Wolof", "ltr"),
    "yi": ("ייִדיש", "rtl"),
    "yo": ("Yorùbá", "ltr"),
    "zgh": ("ⵜⴰⵎⴰⵣⵉⵖⵜ", "ltr"),
    "zu": ("isiZulu", "ltr"),
}


# ISO 639-1, with the codes that it has replaced; of three letters (ISO 639-3) there are thousands, and any is taken.
ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw "
    "ja ji jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my "
    "na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn "
    "so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
TWO_LETTER_CODES = frozenset(ISO_639_1.split())


def is_language_code(code):
    """Whether it is one of ISO 639, optionally with a script or region."""
    language, *more = code.split("-")
    known = language in TWO_LETTER_CODES if len(language) == 2 else len(language) == 3 and language.isalpha()
    return known and language.isascii() and all(part.isalnum() for part in more)


def normalise_language_code(code):
    """A code in the letters that BCP 47 recommends, so that one language has one code: “fa”, “zh-Hant”, “pt-BR”."""
    language, *more = code.strip().replace("_", "-").split("-")
    shaped = [part.title() if len(part) == 4 else part.upper() if len(part) == 2 else part.lower() for part in more]
    return "-".join([language.lower(), *shaped])


def get_native_name(code):
    """The language's own name, as it begins a line: “Беларуская”; an unknown code stands for itself."""
    return get_native_info(code)[0]


def get_language_direction(code):
    """The value of `dir` for text in this language."""
    return get_native_info(code)[1]


def get_native_info(code):
    """(name, direction) of the code, or of the language without its script or region."""
    for known in (code.lower(), code.lower().partition("-")[0]):
        if known in MORE_LANGUAGES:
            return MORE_LANGUAGES[known]
        info = LANG_INFO.get(known, {})
        if "name_local" in info:
            return capfirst(info["name_local"]), "rtl" if info["bidi"] else "ltr"
    return code, "ltr"


def isolate_bidi(words, language=""):
    """Words of any script inside a sentence: neither turns the other's punctuation and numbers round.

    `language` is that of the words, told where it is not that of the sentence.
    """
    if language in {"", get_language()}:
        return format_html("<bdi>{}</bdi>", words)
    return format_html('<bdi lang="{}">{}</bdi>', language, words)
