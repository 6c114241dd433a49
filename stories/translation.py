"""Which words of a testimony are translated; the original itself is not among them."""

import simple_history
from modeltranslation.translator import TranslationOptions, translator

from .models import Consent, SurvivorStory


class SurvivorStoryTranslation(TranslationOptions):
    fields = SurvivorStory.released.translated


translator.register(SurvivorStory, SurvivorStoryTranslation)
simple_history.register(SurvivorStory, app="stories")
simple_history.register(Consent, app="stories")
