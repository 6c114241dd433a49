"""The fields of our own that models are made of: migrations name these classes and nothing else of ours.

What a field checks, offers or begins with is no part of its column, so no migration repeats it.
Not here: how a text is cleaned (`text/cleaning.py`).
"""

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from publishing.text import cleaning
from publishing.text.languages import is_language_code, normalise_language_code
from publishing.text.redirects import unwrap_link

# --- Texts ------------------------------------------------------------------------------------


class CleanedField:
    """Cleans on the way into the database: `save`, `bulk_create` and `update` alike, and in forms.

    Lookups are left as they are, so that a search for one word in a rich text is not made a paragraph.
    """

    cleaned = None

    def clean(self, value, model_instance):
        return super().clean(self._clean(value), model_instance)

    def pre_save(self, model_instance, add):
        value = self._clean(super().pre_save(model_instance, add))
        # Past the descriptor: modeltranslation's would write a fallback's words into the active language.
        model_instance.__dict__[self.attname] = value
        return value

    def get_db_prep_save(self, value, connection):
        return super().get_db_prep_save(self._clean(value), connection)

    def _clean(self, value):
        return type(self).cleaned(value) if isinstance(value, str) else value


class PlainField(CleanedField, models.CharField):
    cleaned = staticmethod(cleaning.clean_line)


class LinesField(CleanedField, models.TextField):
    cleaned = staticmethod(cleaning.clean_lines)


class RichField(CleanedField, models.TextField):
    cleaned = staticmethod(cleaning.clean_html)


class HtmlField(models.TextField):
    """HTML that our own templates drew from cleaned parts, kept to be printed as it is. Never for input."""

    def from_db_value(self, value, expression, connection):
        return value if value is None else mark_safe(value)  # noqa: S308 (cleaned in projection.py alone)


# --- Addresses and languages ------------------------------------------------------------------


class WebAddressField(models.CharField):
    default_validators = [cleaning.web_address]

    def to_python(self, value):
        value = super().to_python(value)
        return unwrap_link(value) if value else value


def refuse_other_languages(value):
    """Validates a language code of ISO 639."""
    if not is_language_code(normalise_language_code(value)):
        raise ValidationError(_("“%(value)s” is not a language code such as be, uk or ckb."), params={"value": value})


class LanguageCodeField(models.CharField):
    """Any language, which need not be one of the site."""

    default_validators = [refuse_other_languages]

    def to_python(self, value):
        value = super().to_python(value)
        return normalise_language_code(value) if value else value


def get_site_language():
    return settings.LANGUAGE_CODE


class SiteLanguageField(models.CharField):
    """One of all languages that are shipped: which of them a site chose is no change of its database."""

    def __init__(self, *args, **options):
        shipped = {"choices": list(settings.SHIPPED_LANGUAGES.items()), "default": get_site_language}
        super().__init__(*args, **{**shipped, **options})

    def deconstruct(self):
        name, path, arguments, options = super().deconstruct()
        options.pop("choices", None)
        options.pop("default", None)
        return name, path, arguments, options


# --- Keys -------------------------------------------------------------------------------------


def draw_random_key():
    return secrets.randbits(63)


class RandomKeyField(models.BigIntegerField):
    """A number of a row that nobody can guess or count by, and that no later row is given again."""

    def __init__(self, *args, **options):
        super().__init__(*args, **{"default": draw_random_key, **options})

    def deconstruct(self):
        name, path, arguments, options = super().deconstruct()
        options.pop("default", None)
        return name, path, arguments, options
