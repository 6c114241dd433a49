"""This module knows which words of a working copy are written in which language, and what names a language."""

from django.conf import settings

from .document import Text


def get_translations(item, name):
    """Language -> what is written in one translated field, empty languages left out."""
    written = ((code, getattr(item, f"{name}_{code}", None)) for code in settings.SHIPPED_LANGUAGES)
    return {code: value for code, value in written if value}


def build_texts(item, **names):
    """Language -> `Text`, from the translated fields of a working copy; `names` maps parts of a Text to fields."""
    parts = {part: get_translations(item, field) for part, field in names.items()}
    codes = [code for code in settings.SHIPPED_LANGUAGES if any(code in words for words in parts.values())]
    return {code: Text(**{part: words.get(code, "") for part, words in parts.items()}) for code in codes}


def build_text_columns(texts, **names):
    """The inverse of `texts_of`: column -> words, for every shipped language; `names` maps parts to fields."""
    return {
        f"{field}_{code}": getattr(texts.get(code, Text()), part)
        for part, field in names.items()
        for code in settings.SHIPPED_LANGUAGES
    }
