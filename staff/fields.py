"""The fields of accounts. What they check and offer is no part of their columns, so no migration repeats it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def validate_site_languages(codes):
    """A list of codes of languages that the project ships, or a ValidationError that names the stranger."""
    if not isinstance(codes, list):
        raise ValidationError(_('Enter a list of language codes, for example ["fr", "ru"].'))
    for code in codes:
        if code not in settings.SHIPPED_LANGUAGES:
            raise ValidationError(
                _("“%(code)s” is not one of: %(known)s."),
                params={"code": code, "known": ", ".join(settings.SHIPPED_LANGUAGES)},
            )


class LanguageCodesField(models.JSONField):
    """A list of languages that the project ships."""

    default_validators = [validate_site_languages]


def get_desk_languages():
    """Asked when a form is drawn, so that a site which chooses other languages needs no migration."""
    return settings.LANGUAGES


class DeskLanguageField(models.CharField):
    """One of the languages of the site, or none."""

    def __init__(self, *args, **options):
        super().__init__(*args, **{"choices": get_desk_languages, **options})

    def deconstruct(self):
        name, path, arguments, options = super().deconstruct()
        options.pop("choices", None)
        return name, path, arguments, options
