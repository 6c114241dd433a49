"""Which fields of a type leave the desk, and where in its document they stand: declared once, beside the fields.

The document is made of it here. Restoring, comparing, sheets and translation read the same declaration; what a type
states otherwise, such as the channels of a consent, it adds in a `document()` of its own.
Not here: what a document is (`document.py`), how a release is written back (`desk/versions/restoring.py`).
"""

from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from publishing.text.translated_values import get_translations

from .document import TEXT_FIELDS, Document, Original, Picture, Text

PICTURE_TEXTS = ("picture_alt", "picture_credit")


def keep_names(*names):
    """A piece of a declaration: what the document calls by the names of the fields."""
    return dict(zip(names, names, strict=True))


@dataclass(frozen=True, kw_only=True)
class Released:
    """`texts` maps a part of a `Text` to a translated field; a name that `Text` lacks travels among the facts.

    `columns` maps what a `Document` calls a value to its field, `original` a part of an `Original`, `credits` a role to
    the relation to its partners. `facts` keep the names of their fields, `labels` name those that are no field.
    What is added later is a text or one of `optional_facts`: these are there or not, so that approvals of documents
    from before there was one still hold. `not_in_sheets` are texts that no sheet carries, `not_restored` facts that
    stay as they are when a release is brought back, `stays` sentences on what stays since no release holds it.
    """

    texts: dict
    columns: dict = field(default_factory=dict)
    original: dict = field(default_factory=dict)
    credits: dict = field(default_factory=dict)
    facts: tuple = ()
    optional_facts: tuple = ()
    picture: bool = False
    tags: bool = False
    attachments: bool = False
    not_in_sheets: tuple = ()
    not_restored: tuple = ()
    labels: dict = field(default_factory=dict)
    stays: tuple = ()

    @property
    def text_parts(self):
        return {part: name for part, name in self.texts.items() if part in TEXT_FIELDS}

    @property
    def fact_texts(self):
        return {part: name for part, name in self.texts.items() if part not in TEXT_FIELDS}

    @property
    def translated(self):
        """The fields that are written in every language, as `TranslationOptions` wants them."""
        return (*(PICTURE_TEXTS if self.picture else ()), *self.texts.values())

    @property
    def originals(self):
        """Translated field -> the field that holds the same words as they were given."""
        return {self.texts[part]: name for part, name in self.original.items() if part in self.texts}

    @property
    def relations(self):
        lists = {"tags": self.tags, "attachments": self.attachments}
        return (*self.credits.values(), *(name for name, has in lists.items() if has))


# --- From the fields to the document ----------------------------------------------------------


def build_document(item):
    """The `Document` of a working copy as its type declares it."""
    released = item.released
    return Document(
        type=item.TYPE,
        uid=str(item.uid),
        slug=item.slug,
        situation=item.situation.slug if has_situation(item) and item.situation else "",
        language=item.language,
        texts=build_texts(item, released.text_parts),
        original=build_original(item, released.original),
        credits=[partner.as_credit(role=role) for role, partner in get_partners(item)],
        tags=[tag.as_label() for tag in sort_by_slug(item.tags.all())] if released.tags else [],
        pictures=build_pictures(item) if released.picture else [],
        attachments=[one.as_file() for one in item.attachments.all()] if released.attachments else [],
        facts=build_facts(item),
        **{name: encode_value(item, column) for name, column in released.columns.items()},
    )


def has_situation(item):
    return hasattr(type(item), "situation")


def build_texts(item, parts):
    """Language -> `Text`, from the translated fields of a working copy."""
    written = {part: get_translations(item, name) for part, name in parts.items()}
    codes = [code for code in settings.SHIPPED_LANGUAGES if any(code in words for words in written.values())]
    return {code: Text(**{part: words.get(code, "") for part, words in written.items()}) for code in codes}


def build_original(item, parts):
    given = {part: getattr(item, name) for part, name in parts.items()}
    return Original(**given) if given.get("language") else None


def get_partners(item):
    """(role, partner) of everybody credited, in the order in which readers see them."""
    for role, name in item.released.credits.items():
        related = getattr(item, name)
        partners = sort_by_slug(related.all()) if is_many(item, name) else [related] if related else []
        yield from ((role, partner) for partner in partners)


def is_many(item, name):
    return item._meta.get_field(name).many_to_many


def sort_by_slug(rows):
    return sorted(rows, key=lambda row: row.slug)


def build_pictures(item):
    """A list of the one `Picture` of a working copy, or of none."""
    if not item.picture:
        return []
    drawn = {name: item.picture.get(name) for name in ("renditions", "width", "height", "focus")}
    alt, credit = (get_translations(item, name) for name in PICTURE_TEXTS)
    return [Picture(**drawn, alt=alt, decorative=item.picture_decorative, credit=pack_credit(credit, item.language))]


def pack_credit(words, language):
    """Language -> words, or the words alone where they stand in the item's first language only.

    So it was before credits had translations, and approvals of such documents still hold.
    """
    return words if words.keys() - {language} else words.get(language, "")


def build_facts(item):
    released = item.released
    words = {name: said for name, column in released.fact_texts.items() if (said := get_translations(item, column))}
    ticked = {name: value for name in released.optional_facts if (value := encode_value(item, name))}
    return ({"words": words} if words else {}) | {name: encode_value(item, name) for name in released.facts} | ticked


def encode_value(item, name):
    """The value of a field as JSON knows it."""
    value = getattr(item, name)
    if isinstance(find_field(item, name), models.DateField):
        return value.isoformat() if value else ""
    return value


# --- And back ---------------------------------------------------------------------------------


def get_document_words(document, part):
    """Language -> words of one text, wherever it stands in the document."""
    if part in TEXT_FIELDS:
        return {code: getattr(text, part) for code, text in document.texts.items()}
    return document.facts.get("words", {}).get(part, {})


def decode_value(item, name, value):
    """The inverse of `encode_value`."""
    column = find_field(item, name)
    if column is None:
        return value
    return None if column.null and value in ("", None) else column.to_python(value)


def find_field(item, name):
    """The field of this name, or None for what is made of several."""
    try:
        return item._meta.get_field(name)
    except FieldDoesNotExist:
        return None
