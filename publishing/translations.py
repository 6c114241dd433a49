"""This module knows which fields of an item are written in every language, and how far each language is.

Not here: what is remembered of a translation (`desk/translating/records.py`); it is handed in where a state is asked
for.
"""

from django.conf import settings
from django.db.models import Q
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from modeltranslation.translator import translator

from .document import compute_digest
from .publication import Publication

TRANSLATION_STATES = {
    "original": _("original"),
    "translated": _("translated"),
    "missing": _("missing"),
    "draft": _("draft"),
    "stale": _("out of date"),
    "checked": _("checked"),
}
TRANSLATOR_FIELD = "translator"  # the field that names who translated
TITLE_FIELDS = ("title", "name", "sentence", "words")


def get_translated_fields(model):
    """Field -> {language: name of its column}, in the order in which its type declares them."""
    fields = translator.get_options_for_model(model).all_fields
    released = getattr(model, "released", None)
    names = released.translated if released else sorted(fields, key=lambda name: get_position(model, name))
    return {name: get_columns_by_language(fields[name]) for name in names}


def get_position(model, name):
    return model._meta.get_field(name).creation_counter


def get_columns_by_language(fields):
    named = {field.language: field.name for field in fields}
    return {code: named[code] for code in settings.SHIPPED_LANGUAGES}


def get_title_field(model):
    """The field without which a language counts as missing."""
    return next(name for name in TITLE_FIELDS if has_field(model, name))


def get_source_language(item):
    """The language in which a publication was given: for a testimony not necessarily one of the site."""
    if not isinstance(item, Publication):
        return ""
    return getattr(item, "original_language", "") or item.language


def get_original_fields(item):
    """Translated field -> the field that holds the same words as they were given; none where nothing was."""
    return get_item_model(item).ORIGINALS if getattr(item, "original_language", "") else {}


def compute_translation_states(item, known=None):
    """Language of the site -> one of `TRANSLATION_STATES`, the original first.

    `known` maps a language to what is remembered of its translation (`source`, `words`: digests; `checked`).
    Without it a translation counts as a draft, and no long text is read.
    """
    return {
        code: compute_translation_state(item, code, known=(known or {}).get(code))
        for code in get_ordered_languages(item)
    }


def compute_translation_state(item, code, *, known=None):
    if code == get_source_language(item):
        return "original"
    if not getattr(item, f"{get_title_field(type(item))}_{code}"):
        return "missing"
    if not isinstance(item, Publication):
        return "translated"
    if known is None or known.words != compute_texts_digest(item, code):
        return "draft"
    if known.source != compute_source_digest(item, code):
        return "stale"
    return "checked" if known.checked else "draft"


def get_language_texts(item, code):
    """Field -> what is written in one language; who translated it is not among the words."""
    names = [name for name in get_translated_fields(get_item_model(item)) if name != TRANSLATOR_FIELD]
    return {name: getattr(item, f"{name}_{code}") or "" for name in names}


def get_source_texts(item, code):
    """Field -> what a translation into this language is made from: the words as they were given, if there are any."""
    first, originals = get_language_texts(item, item.language), get_original_fields(item)
    other = {} if code == item.language else first
    return {name: getattr(item, originals[name]) if name in originals else other.get(name, "") for name in first}


def compute_texts_digest(item, code):
    return compute_digest(get_language_texts(item, code))


def compute_source_digest(item, code):
    return compute_digest(get_source_texts(item, code))


def get_item_model(item):
    """The model of a working copy, or of a save of it in its history."""
    return getattr(item, "instance_type", None) or type(item)


def get_ordered_languages(item):
    """The languages of the site, the one that the item was written in first."""
    codes = [code for code, _label in settings.LANGUAGES]
    first = item.language if isinstance(item, Publication) else settings.LANGUAGE_CODE
    return sorted(codes, key=lambda code: code != first)


def build_untranslated_q(model, code):
    """A condition: the item has no words in this language."""
    column = f"{get_title_field(model)}_{code}"
    empty = Q(**{column: ""}) | Q(**{f"{column}__isnull": True})
    return empty & ~build_given_q(model, code)


def build_given_q(model, code):
    """A condition: the item was written in this language, as `get_source_language` says."""
    written = Q(language=code) if has_field(model, "language") else Q(pk__in=[])
    if not has_field(model, "original_language"):
        return written
    return Q(original_language=code) | (written & Q(original_language=""))


def build_any_untranslated_q(model):
    """A condition: some language of the site has no words of it."""
    found = Q()
    for code, _label in settings.LANGUAGES:
        found |= build_untranslated_q(model, code)
    return found


def has_field(model, name):
    return any(field.name == name for field in model._meta.fields)


def get_site_language_name(code):
    """The language's own name as a heading: “Русский”."""
    name = get_language_info(code)["name_local"]
    return name[:1].upper() + name[1:]


def get_site_language_direction(code):
    return "rtl" if get_language_info(code)["bidi"] else "ltr"
