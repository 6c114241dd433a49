"""This module knows every text of a working copy that readers may come to see, and where on its form it stands."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from publishing.text.cleaning import CleanedField, web_address
from publishing.translations import native, translated_fields


@dataclass(frozen=True)
class Place:
    """One text. `field` is its name on the form, empty for what stands beside the form's own fields."""

    field: str
    label: str
    language: str
    text: str

    @property
    def called(self):
        return f"{self.label}, {native(self.language)}" if self.field.endswith(f"_{self.language}") else self.label


def places(item):
    """Every `Place` in which something is written, the fields of the form first."""
    yield from on_the_form(item)
    yield from beside(item.document(), language=item.language)


def on_the_form(item):
    """Those of its own fields; of an item too that its form refuses as it is."""
    spoken = {"original_title": "original_language", "original_body": "original_language"}
    for name, label, language in columns(type(item)):
        if text := getattr(item, name):
            yield Place(name, label, language or getattr(item, spoken.get(name, "language")), str(text))


@lru_cache
def columns(model):
    """(name, label, language or "") of every field that takes words or an address."""
    translated = translated_fields(model)
    spoken = [(name, code, of) for of, codes in translated.items() for code, name in codes.items()]
    words = [(name, capfirst(model._meta.get_field(of).verbose_name), code) for name, code, of in spoken]
    known = {name for name, _label, _code in words} | translated.keys()
    plain = [field for field in model._meta.concrete_fields if field.name not in known and takes_words(field)]
    return words + [(field.name, capfirst(field.verbose_name), "") for field in plain]


def takes_words(field):
    return isinstance(field, CleanedField) or field.name in {"slug", "url"} or web_address in field.validators


def beside(document, *, language):
    for attachment in document.attachments:
        yield Place("", _("Title of a document"), attachment.language, attachment.title)
    for tag in document.tags:
        yield from (Place("tags", _("Tag"), code, name) for code, name in tag.names.items())
    for credit in document.credits:
        yield from (Place("", _("Partner"), code, name) for code, name in credit.names.items())
        yield from (Place("", _("Partner"), code, words) for code, words in credit.descriptions.items())
        if credit.url:
            yield Place("", _("Partner"), language, credit.url)
