"""Which words of an update are written in every language, and that every save of it is remembered."""

import simple_history
from modeltranslation.translator import translator

from .models import Update

translator.register(Update, fields=Update.released.translated)
simple_history.register(Update, app="updates")
