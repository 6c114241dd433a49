"""This module knows how to tell readers, in their language, which languages a text is in.

Names of languages stand after “in” here, since many languages decline them there; how a language calls
itself is `languages.py`.
"""

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from .languages import name_of

NAMED = 3  # languages that are named one by one; more are counted

AFTER_IN = {
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


def language_name(code):
    """“Belarusian”; for a language nobody has named here Django's word, else its own."""
    if code in AFTER_IN:
        return str(AFTER_IN[code])
    return _(LANG_INFO[code]["name"]) if "name" in LANG_INFO.get(code, {}) else name_of(code)


def in_languages(codes):
    """“In English, French and Russian”."""
    return _("In %(languages)s") % {"languages": listed(codes)}


def only_in(codes):
    """“In English only”: what a reader is told who asked for another language."""
    return _("In %(languages)s only") % {"languages": listed(codes)}


def listed(codes):
    names = [language_name(code) for code in codes]
    if len(names) > NAMED:
        return ngettext("%(count)d language", "%(count)d languages", len(names)) % {"count": len(names)}
    *first, last = names
    if not first:
        return last
    comma = pgettext("between names of languages", ", ")
    return _("%(first)s and %(last)s") % {"first": comma.join(first), "last": last}
