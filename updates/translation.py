"""Which words of an update are written in every language, and that every save of it is remembered."""

import simple_history
from modeltranslation.translator import TranslationOptions, translator

from .models import Update


class UpdateTranslation(TranslationOptions):
    fields = Update.released.translated


translator.register(Update, UpdateTranslation)
simple_history.register(Update, app="updates")
