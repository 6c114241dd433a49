"""How staff compose a letter: which entries in which order, for whom, when, and its words in each language.

Not here: two people who save the same letter (`letter_conflicts.py`).
"""

import json

from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter.models import Edition, get_language_codes
from newsletter.subscribers import audience_filters
from publishing.text import date_words
from publishing.text.languages import get_language_direction, get_native_name

from . import edition_entries, letter_conflicts
from .letter_conflicts import POSITION_PREFIX

MAX_CANDIDATES = 60  # entries to choose from, besides those that are picked already
MAX_NUMBER_DIGITS = 18


class EntryPickerWidget(forms.Widget):
    """A table of entries with a small field each for the place in the letter; works without scripts."""

    def render(self, name, value, attrs=None, renderer=None):
        places = {number: place for place, number in enumerate(value or [], start=1)}
        offered = edition_entries.get_candidate_entries(most=MAX_CANDIDATES, picked=places)
        rows = [
            {
                "entry": entry,
                "name": f"{POSITION_PREFIX}{entry.number}",
                "place": places.get(entry.number, ""),
                "date": date_words.format_short_known_date(entry.date, entry.precision),
            }
            for entry in sorted(offered, key=lambda entry: places.get(entry.number, len(places) + 1))
        ]
        return render_to_string("admin/newsletter/entry_picker.html", {"rows": rows})

    def value_from_datadict(self, data, files, name):
        """Numbers of entries by their places; equal places keep the order of the table."""
        chosen = [(place, name) for name in data if name.startswith(POSITION_PREFIX) and (place := data[name].strip())]
        rows = [(place, name.removeprefix(POSITION_PREFIX)) for place, name in chosen]
        good = [
            (int(place[:6]), int(number))
            for place, number in rows
            if place.isdecimal() and number.isdecimal() and len(number) <= MAX_NUMBER_DIGITS
        ]
        return list(dict.fromkeys(number for _place, number in sorted(good, key=lambda pair: pair[0])))

    def value_omitted_from_data(self, data, files, name):
        return False


class EntryPickerField(forms.Field):
    widget = EntryPickerWidget

    def clean(self, value):
        """Only what may be mailed, however long ago it was new; what was withdrawn meanwhile falls out."""
        public = edition_entries.get_mailable_numbers(value)
        return super().clean([number for number in value if number in public])


def build_wording_fields():
    for code in get_language_codes():
        spoken = {"lang": code, "dir": get_language_direction(code)}
        yield (
            f"subject_{code}",
            forms.CharField(
                label=_("Subject: %(language)s") % {"language": get_native_name(code)},
                max_length=120,
                required=False,
                widget=forms.TextInput(attrs={"class": "vTextField", **spoken}),
            ),
        )
        yield (
            f"opening_{code}",
            forms.CharField(
                label=_("Opening: %(language)s") % {"language": get_native_name(code)},
                max_length=3000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField", **spoken}),
            ),
        )


# One subject and one opening a language; the languages are a matter of the settings.
WordingFieldsForm = type("Words", (forms.Form,), dict(build_wording_fields()))


class LetterForm(WordingFieldsForm, forms.ModelForm):
    picked = EntryPickerField(
        label=_("Entries"), help_text=_("Write 1 beside the first, 2 beside the second; leave the others empty.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)  # what the letter said when it was opened
    situations = forms.MultipleChoiceField(
        label=_("To whom"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everyone who subscribed to one of these or to everything. Choose none to write to everyone."),
    )

    class Meta:
        model = Edition
        fields = ["send_from", "is_archived"]
        help_texts = {
            "send_from": _("After approval, and not before this time (UTC)."),
            "is_archived": _("Anybody will be able to read it in the archive."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["situations"].choices = audience_filters.get_public_situations(get_language_codes()[0])
        answers = letter_conflicts.read_answers(self.instance)
        self.initial = answers | {"seen": json.dumps(answers), "send_from": timezone.now()} | self.initial

    def clean(self):
        super().clean()
        if self.instance.pk:
            letter_conflicts.add_letter_conflict(self)

    def get_fallen_out(self):
        """Numbers of entries that were picked and may not be mailed any more."""
        wanted = [*self.initial["picked"], *self.fields["picked"].widget.value_from_datadict(self.data, {}, "picked")]
        return [number for number in dict.fromkeys(wanted) if number not in self.cleaned_data["picked"]]

    def save(self, commit=True):  # noqa: FBT002 - Django's own signature
        letter, said = self.instance, self.cleaned_data
        letter.numbers = said["picked"]
        letter.query = audience_filters.build_audience_query(
            "", situations=said["situations"], language=get_language_codes()[0]
        )
        words = {
            code: {part: said[f"{part}_{code}"] for part in ("subject", "opening")} for code in get_language_codes()
        }
        letter.words = {code: parts for code, parts in words.items() if any(parts.values())}
        return super().save(commit)


def get_letter_fieldsets():
    """What the form shows, in its order: (heading, fields)."""
    yield _("What"), ["picked", "seen"]
    yield _("To whom and when"), ["situations", "send_from", "is_archived"]
    for code, _label in settings.LANGUAGES:
        yield get_native_name(code), [f"subject_{code}", f"opening_{code}"]
