"""Which words of the desk's own are written in every language."""

from modeltranslation.translator import TranslationOptions, translator

from .models import Guideline


class GuidelineTranslation(TranslationOptions):
    fields = ("words",)


translator.register(Guideline, GuidelineTranslation)
