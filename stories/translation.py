"""Which words of a testimony are translated; the original itself is not among them."""

import simple_history
from modeltranslation.translator import translator

from .models import Consent, SurvivorStory

translator.register(SurvivorStory, fields=SurvivorStory.released.translated)
simple_history.register(SurvivorStory, app="stories")
simple_history.register(Consent, app="stories")
