"""The desk of the testimonies, with the record of consent."""

from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk.admin import LANGUAGE_TABS, NativeWidgetsMixin, PublicationAdmin
from situations.spreadsheet_pages import SpreadsheetAdminMixin
from situations.tag_forms import TaggedItemForm

from . import importing
from .models import Consent, SurvivorStory
from .restoring import StoryRestorer


class StoryForm(TaggedItemForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"original_title", "original_body"} & self.fields.keys():
            self.fields[name].widget.attrs |= {"lang": self.instance.original_language, "dir": "auto"}


class ConsentForm(forms.ModelForm):
    def clean(self):
        data = super().clean()
        if data.get("hide_when_due") and not data.get("review"):
            self.add_error("review", gettext("Set the day on which it is to be hidden."))
        return data


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
class StoryAdmin(SpreadsheetAdminMixin, PublicationAdmin):
    importer = staticmethod(importing.import_stories)
    sheet_columns = importing.COLUMNS
    cells_of = staticmethod(importing.get_story_cells)
    form = StoryForm
    restorer = StoryRestorer
    exclude = ["tags"]  # as a field of the model: the form has its own
    sections = [
        (_("What"), ["situation", "language", "slug"]),
        (_("As it was given"), ["original_language", "original_title", "original_body", "original_url"]),
        LANGUAGE_TABS,
        (_("When"), [("date", "date_precision")]),
        (_("Who"), ["partner"]),
        (_("Tags"), ["tags", "tell_now"]),
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
    list_filter = ["situation", "partner", "original_language", ConsentFilter, *PublicationAdmin.list_filter]
    list_select_related = ["situation", "partner", "consent", "edited_by"]
    search_fields = [
        "original_title", "title_en", "title_fr", "title_es", "title_ru", "title_be", "title_ar", "slug"
    ]  # fmt: skip

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
