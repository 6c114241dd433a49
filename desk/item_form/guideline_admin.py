"""Where administrators write the guidelines that stand beside the fields of the forms."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from desk.models import Guideline
from desk.translated_admin import LANGUAGE_TABS, TranslatedFieldsAdmin

from . import guidelines
from .forms import TranslatedFieldsForm


class GuidelineForm(TranslatedFieldsForm):
    place = forms.ChoiceField(
        label=_("Field"), help_text=_("This text appears below the field for everyone who edits.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "place" in self.fields:
            self.fields["place"].choices = [("", "---------"), *guidelines.get_field_choices()]


@admin.register(Guideline)
class GuidelineAdmin(TranslatedFieldsAdmin):
    form = GuidelineForm
    sections = [(_("Where"), ["place"]), LANGUAGE_TABS]
    list_display = ["where", "words"]
    search_fields = ["place", "words"]

    @admin.display(description=_("field"), ordering="place")
    def where(self, guideline):
        labels = {
            place: f"{name}: {label}" for name, fields in guidelines.get_field_choices() for place, label in fields
        }
        return labels.get(guideline.place, guideline.place)
