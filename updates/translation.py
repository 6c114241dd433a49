"""Which words of an update are written in every language, and that every save of it is remembered."""

import simple_history
from modeltranslation.translator import TranslationOptions, translator

from .models import Update


class UpdateTranslation(TranslationOptions):
    fields = ("title", "subtitle", "summary", "body", "translator", "content_note", "picture_alt")


translator.register(Update, UpdateTranslation)
simple_history.register(Update, app="updates")
