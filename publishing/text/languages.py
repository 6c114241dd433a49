"""This module knows what a language calls itself and in which direction it runs, for any ISO 639 code.

Testimonies come in languages the site has no interface for, so Django's own list is not enough.
"""

from django.conf.locale import LANG_INFO
from django.utils.html import format_html
from django.utils.text import capfirst

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


def isolate_bidi(words):
    """Words of any script inside a sentence: neither turns the other's punctuation and numbers round."""
    return format_html("<bdi>{}</bdi>", words)
