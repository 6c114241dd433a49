"""The desk of the testimonies, with the record of consent."""

from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk.translated_admin import LANGUAGE_TABS, NativeWidgetsMixin
from publishing.models import Release
from publishing.workflow.withdrawals import find_withdrawal
from situations.item_admin import DATE_SECTION, TAGS_SECTION, TimelineItemAdmin
from situations.tag_forms import TaggedItemForm

from .models import Consent, SurvivorStory
from .spreadsheet_columns import SHEET


class StoryForm(TaggedItemForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"original_title", "original_body"} & self.fields.keys():
            self.fields[name].widget.attrs |= {"lang": self.instance.original_language, "dir": "auto"}

    def clean(self):
        """Saving may narrow a consent, which takes back what is public: whoever does that holds the releases first."""
        Release.objects.hold()
        return super().clean()


class ConsentForm(forms.ModelForm):
    still_agrees = forms.BooleanField(
        label=_("The person still agrees, after it was withdrawn"),
        required=False,
        help_text=_("Tick it when the person was asked again. Then somebody else has to approve the testimony again."),
    )

    def clean(self):
        data = super().clean()
        if data.get("hide_when_due") and not data.get("review"):
            self.add_error("review", gettext("Set the day on which it is to be hidden."))
        return data

    def save(self, commit=True):  # noqa: FBT002 - Django's own signature
        withdrawal = self.cleaned_data.get("still_agrees") and find_withdrawal(self.instance.story)
        self.instance.withdrawal = withdrawal.pk if withdrawal else self.instance.withdrawal
        return super().save(commit)

    def sentences(self):
        """What the saved consent took from the public at once."""
        told = {
            "end-consent": gettext("The consent no longer covers this site: the testimony was withdrawn at once."),
            "limit": gettext("The consent covers less than before: that applies to what is public at once."),
        }
        return [told[name] for name in [getattr(self.instance, "taken_back", None)] if name]


class ConsentInline(NativeWidgetsMixin, admin.StackedInline):
    model = Consent
    form = ConsentForm
    can_delete = False
    extra = 1
    fieldsets = [
        (None, {"fields": ["reference", "date", "explained_by", "language"]}),
        (_("What the person agreed to"), {"fields": ["naming", ("site", "newsletter", "feed", "card", "mirror")]}),
        (_("For how long"), {"fields": ["review", "hide_when_due"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        """Whether the person still agrees is asked where there was a withdrawal."""
        sections = super().get_fieldsets(request, obj)
        is_open = obj and obj.given_consent and obj.find_unchecked_withdrawal()
        return [(None, {"fields": ["still_agrees"]}), *sections] if is_open else sections


class ConsentFilter(admin.SimpleListFilter):
    title = _("consent")
    parameter_name = "consent"

    def lookups(self, request, model_admin):
        return [
            ("yes", _("recorded")),
            ("no", _("no record")),
            ("due", _("to be asked again within 14 days")),
        ]

    def queryset(self, request, queryset):
        if self.value() == "due":
            return queryset.filter(consent__in=Consent.objects.due())
        wanted = {"yes": False, "no": True}.get(self.value())
        return queryset if wanted is None else queryset.filter(consent__isnull=wanted)


@admin.register(SurvivorStory)
class StoryAdmin(TimelineItemAdmin):
    sheet = SHEET
    form = StoryForm
    sections = [
        (_("What"), ["situation", "language", "slug"]),
        (_("As it was given"), ["original_language", "original_title", "original_body", "original_url"]),
        LANGUAGE_TABS,
        DATE_SECTION,
        (_("Who"), ["partner"]),
        TAGS_SECTION,
        (_("Safety"), ["naming", "pseudonym"]),
    ]
    words = ["content_note", "title", "summary", "body", "translator"]
    inlines = [ConsentInline]
    list_display = [
        "__str__",
        "given_in",
        "partner",
        "situation",
        "day",
        "badge",
        "languages",
        "consented",
        "noted",
        "edited_by",
    ]
    list_filter = ["situation", "partner", "original_language", ConsentFilter, *TimelineItemAdmin.list_filter]
    list_select_related = [*TimelineItemAdmin.list_select_related, "partner", "consent"]
    search_fields = ["original_title", *TimelineItemAdmin.search_fields]

    @admin.display(description=_("given in"), ordering="original_language")
    def given_in(self, story):
        return story.original_language

    @admin.display(description=_("consent"))
    def consented(self, story):
        if not story.given_consent:
            return _("none")
        note = gettext("to be asked again") if story.given_consent.is_due else ""
        return format_html('{}<span class="note">{}</span>', story.given_consent.reference, note)

    @admin.display(description=_("content note"))
    def noted(self, story):
        return story.content_note or _("none")
