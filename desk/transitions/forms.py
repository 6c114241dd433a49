"""What is asked before a transition: one form for each sort of answer.

Not here: what the transitions are and what their pages say (`buttons.py`).
"""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publishing.translations import compute_translation_states, get_site_language_direction, get_site_language_name
from publishing.workflow.corrections import is_correctable
from publishing.workflow.state_machine import find_change_since
from staff.datetime_widgets import build_datetime_widget


class ConfirmTransitionForm(forms.Form):
    """Asks for no more than the button. `digest` names what was on the person's screen."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, item, **kwargs):
        super().__init__(data, **kwargs)
        self.item = item
        self.fields["digest"].initial = item.seen_digest

    def clean(self):
        seen = self.cleaned_data.pop("digest", "")
        if changed := find_change_since(self.item, seen):
            self.data = self.data.copy()
            self.data["digest"] = self.item.seen_digest()
            raise ValidationError(changed)
        return self.cleaned_data | {"seen": seen}


class CommentForm(ConfirmTransitionForm):
    comment = forms.CharField(
        label=gettext_lazy("What is missing?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
        help_text=gettext_lazy(
            "The author sees it above the text. It is kept in the log: do not name anyone who is in danger."
        ),
    )


class ReasonForm(ConfirmTransitionForm):
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Optional. Kept in the log only: “the person who gave the testimony asked for it”."),
    )


class PublishForm(ConfirmTransitionForm):
    """Of publishing: what is said of a change in meaning, where readers know an earlier version."""

    CHANGES = [
        ("no", gettext_lazy("No: spelling, wording, a translation added")),
        ("yes", gettext_lazy("Yes: readers are shown a dated note that says what was corrected")),
    ]

    def __init__(self, data=None, *, item, **kwargs):
        super().__init__(data, item=item, **kwargs)
        if is_correctable(item):
            self.fields["meaning"] = forms.ChoiceField(
                label=_("Did the meaning change?"), choices=self.CHANGES, widget=forms.RadioSelect
            )
            self.fields |= {f"note_{code}": build_correction_field(code) for code in get_languages_with_text(item)}

    def clean(self):
        answers = super().clean()
        notes = {name: answers.pop(name) for name in list(answers) if name.startswith("note_")}
        notes = {name.removeprefix("note_"): words for name, words in notes.items() if words}
        meaning = answers.pop("meaning", "")
        if meaning == "yes" and not notes:
            self.add_error("meaning", _("Say below what was corrected, in at least one language."))
        if meaning == "no" and notes:
            self.add_error("meaning", _("There is a note below, but the answer is no. Delete the note or answer yes."))
        return answers | {"correction": notes or None}


def build_correction_field(code):
    widget = forms.TextInput(attrs={"lang": code, "dir": get_site_language_direction(code), "class": "vTextField"})
    label = _("What was corrected, in %s") % get_site_language_name(code)
    return forms.CharField(label=label, max_length=400, required=False, widget=widget)


def get_languages_with_text(item):
    """The languages in which there are words of this item, as far as the site has them."""
    return [code for code, state in compute_translation_states(item).items() if state != "missing"] or [
        settings.LANGUAGE_CODE
    ]


class ScheduleForm(PublishForm):
    at = forms.SplitDateTimeField(label="", widget=build_datetime_widget())
    field_order = ["at"]

    def __init__(self, data=None, *, item, **kwargs):
        super().__init__(data, item=item, **kwargs)
        self.fields["at"].label = _("When (%s)") % timezone.get_current_timezone_name()

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at <= timezone.now():
            raise ValidationError(_("That time has passed. Choose a later time, or publish now."))
        return at
