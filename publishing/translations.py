"""This module knows which fields of an item are written in every language, and how far each language is."""

from django.conf import settings
from django.db.models import Q
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from modeltranslation.translator import translator

from .publication import Publication

STATES = {"original": _("original"), "translated": _("translated"), "missing": _("missing")}
TITLES = ("title", "name", "sentence")


def translated_fields(model):
    """Field -> {language: name of its column}, in the order in which the model declares them."""
    fields = translator.get_options_for_model(model).all_fields
    declared = sorted(fields, key=lambda name: model._meta.get_field(name).creation_counter)
    return {name: columns_of(fields[name]) for name in declared}


def columns_of(fields):
    named = {field.language: field.name for field in fields}
    return {code: named[code] for code in settings.SHIPPED_LANGUAGES}


def title_field(model):
    """The field without which a language counts as missing."""
    return next(name for name in TITLES if has_field(model, name))


def source_language(item):
    """The language in which a publication was given: for a testimony not necessarily one of the site."""
    if not isinstance(item, Publication):
        return ""
    return getattr(item, "original_language", "") or item.language


def states(item):
    """Language of the site -> "original", "translated" or "missing"; the original first."""
    title, source = title_field(type(item)), source_language(item)
    return {code: state(item, code, title=title, source=source) for code in ordered(item)}


def state(item, code, *, title, source):
    if code == source:
        return "original"
    return "translated" if getattr(item, f"{title}_{code}") else "missing"


def ordered(item):
    """The languages of the site, the one that the item was written in first."""
    codes = [code for code, _label in settings.LANGUAGES]
    first = item.language if isinstance(item, Publication) else settings.LANGUAGE_CODE
    return sorted(codes, key=lambda code: code != first)


def lacking(model, code):
    """A condition: the item has no words in this language."""
    column = f"{title_field(model)}_{code}"
    empty = Q(**{column: ""}) | Q(**{f"{column}__isnull": True})
    given = [name for name in ("original_language", "language") if has_field(model, name)]
    return empty & ~Q(**{given[0]: code}) if given else empty


def lacking_any(model):
    """A condition: some language of the site has no words of it."""
    found = Q()
    for code, _label in settings.LANGUAGES:
        found |= lacking(model, code)
    return found


def has_field(model, name):
    return any(field.name == name for field in model._meta.fields)


def native(code):
    """The language's own name as a heading: “Русский”."""
    name = get_language_info(code)["name_local"]
    return name[:1].upper() + name[1:]


def direction(code):
    return "rtl" if get_language_info(code)["bidi"] else "ltr"
