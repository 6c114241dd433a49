"""This module knows which words of a working copy are written in which language, and how they are written back."""

from django.conf import settings


def get_columns(name):
    """The columns of one translated field."""
    return [f"{name}_{code}" for code in settings.SHIPPED_LANGUAGES]


def get_translations(item, name):
    """Language -> what is written in one translated field, empty languages left out."""
    written = ((code, getattr(item, f"{name}_{code}", None)) for code in settings.SHIPPED_LANGUAGES)
    return {code: value for code, value in written if value}


def set_translations(item, name, words):
    """The inverse: a language that `words` leaves out is emptied."""
    for code in settings.SHIPPED_LANGUAGES:
        setattr(item, f"{name}_{code}", words.get(code, ""))
