"""This module knows every text of a working copy that readers may come to see, and where on its form it stands."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from publishing.fields import CleanedField, WebAddressField
from publishing.translations import get_original_fields, get_site_language_name, get_translated_fields


@dataclass(frozen=True)
class FieldText:
    """One text. `field` is its name on the form, empty for what stands beside the form's own fields."""

    field: str
    label: str
    language: str
    text: str

    @property
    def called(self):
        return (
            f"{self.label}, {get_site_language_name(self.language)}"
            if self.field.endswith(f"_{self.language}")
            else self.label
        )


def get_field_texts(item):
    """Every `FieldText` in which something is written, the fields of the form first."""
    yield from get_form_field_texts(item)
    yield from get_related_texts(item.document(), language=item.language)


def get_form_field_texts(item):
    """Those of its own fields; of an item too that its form refuses as it is."""
    given = dict.fromkeys(get_original_fields(item).values(), "original_language")
    for name, label, language in get_text_columns(type(item)):
        if text := getattr(item, name):
            yield FieldText(name, label, language or getattr(item, given.get(name, "language")), str(text))


@lru_cache
def get_text_columns(model):
    """(name, label, language or "") of every field that takes words or an address."""
    translated = get_translated_fields(model)
    spoken = [(name, code, of) for of, codes in translated.items() for code, name in codes.items()]
    words = [(name, capfirst(model._meta.get_field(of).verbose_name), code) for name, code, of in spoken]
    known = {name for name, _label, _code in words} | translated.keys()
    plain = [field for field in model._meta.concrete_fields if field.name not in known and is_text_field(field)]
    return words + [(field.name, capfirst(field.verbose_name), "") for field in plain]


def is_text_field(field):
    return isinstance(field, CleanedField | WebAddressField) or field.name in {"slug", "url"}


def get_related_texts(document, *, language):
    for attachment in document.attachments:
        yield FieldText("", _("Title of a document"), attachment.language, attachment.title)
    for tag in document.tags:
        yield from (FieldText("tags", _("Tag"), code, name) for code, name in tag.names.items())
    for credit in document.credits:
        yield from (FieldText("", _("Partner"), code, name) for code, name in credit.names.items())
        yield from (FieldText("", _("Partner"), code, words) for code, words in credit.descriptions.items())
        if credit.url:
            yield FieldText("", _("Partner"), language, credit.url)
