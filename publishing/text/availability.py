"""This module knows how to tell readers, in their language, which languages a text is in.

Names of languages stand after “in” here, since many languages decline them there; how a language calls
itself is `languages.py`.
"""

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from .languages import get_native_name

MAX_NAMED = 3  # languages that are named one by one; more are counted

NAMES_AFTER_IN = {
    "am": pgettext_lazy("after “in”", "Amharic"),
    "ar": pgettext_lazy("after “in”", "Arabic"),
    "be": pgettext_lazy("after “in”", "Belarusian"),
    "ckb": pgettext_lazy("after “in”", "Central Kurdish"),
    "en": pgettext_lazy("after “in”", "English"),
    "es": pgettext_lazy("after “in”", "Spanish"),
    "fa": pgettext_lazy("after “in”", "Persian"),
    "fr": pgettext_lazy("after “in”", "French"),
    "ha": pgettext_lazy("after “in”", "Hausa"),
    "pt": pgettext_lazy("after “in”", "Portuguese"),
    "ru": pgettext_lazy("after “in”", "Russian"),
    "so": pgettext_lazy("after “in”", "Somali"),
    "sw": pgettext_lazy("after “in”", "Swahili"),
    "ti": pgettext_lazy("after “in”", "Tigrinya"),
    "uk": pgettext_lazy("after “in”", "Ukrainian"),
}


def get_language_name_after_in(code):
    """“Belarusian”; for a language nobody has named here Django's word, else its own."""
    if code in NAMES_AFTER_IN:
        return str(NAMES_AFTER_IN[code])
    return _(LANG_INFO[code]["name"]) if "name" in LANG_INFO.get(code, {}) else get_native_name(code)


def describe_languages(codes):
    """“In English, French and Russian”."""
    return _("In %(languages)s") % {"languages": format_language_list(codes)}


def describe_only_languages(codes):
    """“In English only”: what a reader is told who asked for another language."""
    return _("In %(languages)s only") % {"languages": format_language_list(codes)}


def format_language_list(codes):
    names = [get_language_name_after_in(code) for code in codes]
    if len(names) > MAX_NAMED:
        return ngettext("%(count)d language", "%(count)d languages", len(names)) % {"count": len(names)}
    *first, last = names
    if not first:
        return last
    comma = pgettext("between names of languages", ", ")
    return _("%(first)s and %(last)s") % {"first": comma.join(first), "last": last}
