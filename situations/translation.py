"""Which words of the situations are written in every language, and that every save of them is remembered."""

import simple_history
from modeltranslation.translator import TranslationOptions, translator

from .models import Alert, Organisation, Page, Partner, Situation, Tag


class OrganisationTranslation(TranslationOptions):
    fields = Organisation.released.translated


class SituationTranslation(TranslationOptions):
    fields = Situation.released.translated


class PartnerTranslation(TranslationOptions):
    fields = ("name", "description")


class AlertTranslation(TranslationOptions):
    fields = Alert.released.translated


class PageTranslation(TranslationOptions):
    fields = Page.released.translated


class TagTranslation(TranslationOptions):
    fields = ("name",)


translator.register(Organisation, OrganisationTranslation)
translator.register(Situation, SituationTranslation)
translator.register(Partner, PartnerTranslation)
translator.register(Alert, AlertTranslation)
translator.register(Page, PageTranslation)
translator.register(Tag, TagTranslation)

# After the fields exist: the historical model copies the columns it finds at this moment.
for model in (Organisation, Situation, Alert, Page):
    simple_history.register(model, app="situations")
