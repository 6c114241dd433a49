"""Which words of the situations are written in every language, and that every save of them is remembered."""

import simple_history
from modeltranslation.translator import translator

from .models import Alert, Organisation, Page, Partner, Situation, Tag

translator.register(Partner, fields=("name", "description"))
translator.register(Tag, fields=("name",))

# The fields first: the historical model copies the columns it finds at this moment.
for model in (Organisation, Situation, Alert, Page):
    translator.register(model, fields=model.released.translated)
    simple_history.register(model, app="situations")
