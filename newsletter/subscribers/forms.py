"""What visitors may send us: the sign-up and the choices of a subscriber.

No form says whether an address is known. Not here: what happens then (`signup.py`).
"""

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from newsletter.models import Audience, get_language_codes
from timeline.search.facets import BadFilter
from timeline.search.filter_words import FilterWords

from . import addresses, audience_filters

STAMP_SIGNER = signing.TimestampSigner(salt="newsletter.form")
STAMP_MAX_AGE = 24 * 3600  # seconds
MAX_QUERY_LENGTH = Audience._meta.get_field("query").max_length
MIN_FORM_SECONDS = 1  # second that a person needs at least


def make_form_stamp():
    """Says when a form was fetched from us. In no way bound to who fetched it."""
    return STAMP_SIGNER.sign("")


def is_valid_stamp(stamp):
    try:
        STAMP_SIGNER.unsign(stamp, max_age=STAMP_MAX_AGE)
    except signing.BadSignature:
        return False
    return not is_stamp_younger(stamp, seconds=MIN_FORM_SECONDS)


def is_stamp_younger(stamp, *, seconds):
    try:
        STAMP_SIGNER.unsign(stamp, max_age=seconds)
    except signing.SignatureExpired:
        return False
    return True


class ChoicesForm(forms.Form):
    """Language, rhythm, situations. What is left out falls back to the page's language and the weekly digest."""

    frequencies = (Audience.Frequency.INSTANT, Audience.Frequency.DAILY, Audience.Frequency.WEEKLY)

    language = forms.ChoiceField(label=_("Language"), required=False)
    frequency = forms.ChoiceField(label=_("How often"), required=False)
    situation = forms.MultipleChoiceField(
        label=_("Situations"),
        required=False,
        help_text=_("Choose none to get updates about all of them, including new ones."),
    )
    filter = forms.CharField(label=_("Only what matches"), required=False)

    def __init__(self, *args, page_language, **kwargs):
        super().__init__(*args, **kwargs)
        self.page_language = page_language
        self.fields["language"].choices = [(code, code) for code in get_language_codes()]
        self.fields["frequency"].choices = [(value, Audience.Frequency(value).label) for value in self.frequencies]
        self.fields["situation"].choices = audience_filters.get_public_situations(page_language)

    def clean_language(self):
        return self.cleaned_data["language"] or self.page_language

    def clean_frequency(self):
        return self.cleaned_data["frequency"] or Audience.Frequency.WEEKLY

    def clean(self):
        """Puts situations and filter together to the one query that is kept."""
        cleaned = super().clean()
        if "filter" in cleaned and "situation" in cleaned:
            try:
                query = audience_filters.build_audience_query(
                    cleaned["filter"], situations=cleaned["situation"], language=self.page_language
                )
            except BadFilter as error:
                raise ValidationError({"filter": str(error)}) from error
            if len(query) > MAX_QUERY_LENGTH:
                raise ValidationError({"filter": _("This filter is too long to be saved.")})
            cleaned["query"] = query
        return cleaned

    @property
    def audience_choice(self):
        """What `signup.request_sign_up` and `signup.change_subscription` want to know."""
        return {name: self.cleaned_data[name] for name in ("language", "frequency", "query")}

    # --- What the template draws --------------------------------------------------------------

    def language_choices(self):
        chosen = self["language"].value() or self.page_language
        return [row | {"checked": row["code"] == chosen} for row in audience_filters.get_site_language_choices()]

    def frequency_choices(self):
        chosen = self["frequency"].value() or Audience.Frequency.WEEKLY
        return [
            {
                "value": value,
                "label": label,
                "hint": audience_filters.FREQUENCY_HINTS[value],
                "checked": value == chosen,
            }
            for value, label in self.fields["frequency"].choices
        ]

    def situation_choices(self):
        chosen = self["situation"].value() or []
        return [
            {"value": slug, "label": title, "checked": slug in chosen}
            for slug, title in self.fields["situation"].choices
        ]

    def narrowing(self):
        """The filter besides situations, as its query and in words; None if there is none."""
        query = self["filter"].value() or ""
        try:
            wish = audience_filters.parse_audience_filter(query, language=self.page_language)
        except BadFilter:
            return None
        _situations, narrowing = audience_filters.split_audience_filter(wish)
        if narrowing.is_empty:
            return None
        return {"query": narrowing.query(), "words": FilterWords(narrowing).describe()}


class PreferencesForm(ChoicesForm):
    frequencies = tuple(Audience.Frequency)


class SignUpForm(ChoicesForm):
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=addresses.MAX_ADDRESS_LENGTH,
        help_text=_("We use it to send this newsletter and for nothing else."),
        error_messages={"required": _("Enter an address like name@example.org")},
    )
    # People do not see this field; programs that fill in every field give themselves away.
    website = forms.CharField(label=_("Leave this empty"), required=False)
    stamp = forms.CharField(required=False)

    field_order = ("email", "language", "frequency", "situation")

    def clean_email(self):
        """The address to write to; judged by how it is written alone, which tells nothing of who reads."""
        email = addresses.tidy_address(self.cleaned_data["email"])
        if not addresses.looks_like_address(email):
            raise ValidationError(_("Enter an address like name@example.org"))
        try:
            return addresses.normalise_address(email)
        except addresses.AddressError as error:
            raise ValidationError(_("Check the part after @: it should be a domain like example.org")) from error

    @property
    def is_from_program(self):
        return bool(self.data.get("website"))

    @property
    def is_stamped(self):
        return is_valid_stamp(self.cleaned_data["stamp"])

    def errors_listed(self):
        """(field, sentence) for the summary above the form."""
        return [(self[name], error) for name, errors in self.errors.items() for error in errors]
