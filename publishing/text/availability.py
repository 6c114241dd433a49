"""This module knows how to tell readers, in their language, which languages a text is in.

Names of languages stand after “in” here, since many languages decline them there. No sentence declines a name that is
not known. How a language calls itself is `languages.py`.
"""

from django.conf.locale import LANG_INFO
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from .languages import get_native_name

MAX_NAMED = 3  # languages that are named one by one; more are counted

NAMES_AFTER_IN = {
    "am": pgettext_lazy("after “in”", "Amharic"),
    "ar": pgettext_lazy("after “in”", "Arabic"),
    "az": pgettext_lazy("after “in”", "Azerbaijani"),
    "be": pgettext_lazy("after “in”", "Belarusian"),
    "ckb": pgettext_lazy("after “in”", "Central Kurdish"),
    "de": pgettext_lazy("after “in”", "German"),
    "en": pgettext_lazy("after “in”", "English"),
    "es": pgettext_lazy("after “in”", "Spanish"),
    "fa": pgettext_lazy("after “in”", "Persian"),
    "fr": pgettext_lazy("after “in”", "French"),
    "ha": pgettext_lazy("after “in”", "Hausa"),
    "hy": pgettext_lazy("after “in”", "Armenian"),
    "it": pgettext_lazy("after “in”", "Italian"),
    "ka": pgettext_lazy("after “in”", "Georgian"),
    "kk": pgettext_lazy("after “in”", "Kazakh"),
    "ky": pgettext_lazy("after “in”", "Kyrgyz"),
    "lt": pgettext_lazy("after “in”", "Lithuanian"),
    "my": pgettext_lazy("after “in”", "Burmese"),
    "pl": pgettext_lazy("after “in”", "Polish"),
    "prs": pgettext_lazy("after “in”", "Dari"),
    "ps": pgettext_lazy("after “in”", "Pashto"),
    "pt": pgettext_lazy("after “in”", "Portuguese"),
    "ru": pgettext_lazy("after “in”", "Russian"),
    "so": pgettext_lazy("after “in”", "Somali"),
    "sw": pgettext_lazy("after “in”", "Swahili"),
    "tg": pgettext_lazy("after “in”", "Tajik"),
    "ti": pgettext_lazy("after “in”", "Tigrinya"),
    "tr": pgettext_lazy("after “in”", "Turkish"),
    "uk": pgettext_lazy("after “in”", "Ukrainian"),
    "ur": pgettext_lazy("after “in”", "Urdu"),
    "uz": pgettext_lazy("after “in”", "Uzbek"),
    "zh": pgettext_lazy("after “in”", "Chinese"),
}


def get_language_name_after_in(code):
    """“Belarusian”, as it stands after “in”. A language that nobody has declined here is not declined but quoted."""
    if code in NAMES_AFTER_IN:
        return str(NAMES_AFTER_IN[code])
    english = LANG_INFO.get(code, {}).get("name", "")
    if english and active_language() == "en":
        return english
    translated = _(english) if english else ""
    name = translated[:1].lower() + translated[1:] if translated != english else get_native_name(code)
    return pgettext("after “in”", "the language “%(name)s”") % {"name": name}


def active_language():
    return (translation.get_language() or "en").partition("-")[0]


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
