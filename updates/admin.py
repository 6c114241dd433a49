"""The desk of the updates."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.lists import render_kind_shape
from desk.translated_admin import LANGUAGE_TABS, NativeWidgetsMixin
from publishing.kinds import get_kind_family
from publishing.media import files
from situations.admin import PICTURE_FIELDS
from situations.item_admin import DATE_SECTION, TAGS_SECTION, TimelineItemAdmin
from situations.models import Partner
from situations.tag_forms import TaggedPictureItemForm

from .models import Attachment, Update
from .spreadsheet_columns import SHEET

UPDATE_ORIGINALS = ["original_language", "original_title", "original_summary", "original_body"]


class AttachmentForm(forms.ModelForm):
    document = forms.FileField(
        label=gettext_lazy("PDF"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        help_text=gettext_lazy("Rewritten without data about its author. Scripts and attached files are refused."),
    )
    admitted = None

    class Meta:
        model = Attachment
        fields = ["document", "title", "language"]

    def clean(self):
        data = super().clean()
        upload = data.get("document")
        if upload and self.errors:
            self.add_error("document", _("Choose the PDF again when the other errors are corrected."))
        elif upload:
            self.admit(upload)
        elif not self.instance.pk and self.has_changed():
            self.add_error("document", _("Choose a PDF."))
        return data

    def admit(self, upload):
        try:
            self.admitted = files.store_pdf(upload)
        except ValidationError as error:
            self.add_error("document", error)

    def new_files(self):
        return [self.admitted.name] if self.admitted else []

    def sentences(self):
        told = self.admitted.sentences() if self.admitted else []
        return (
            [_("The uploaded file contained this, and the stored copy does not: %s") % "; ".join(told)] if told else []
        )

    def save(self, commit=True):  # noqa: FBT002 - Django's own signature
        if self.admitted:
            replaced = self.instance.name
            files.delete_files_later([replaced])
            for name in ("name", "size", "pages", "sha256"):
                setattr(self.instance, name, getattr(self.admitted, name))
        return super().save(commit)


class AttachmentInline(NativeWidgetsMixin, admin.StackedInline):
    model = Attachment
    form = AttachmentForm
    fields = ["document", "title", "language", "facts"]
    readonly_fields = ["facts"]
    extra = 1  # without scripts there is no button to add one

    @admin.display(description=gettext_lazy("kept"))
    def facts(self, attachment):
        if not attachment.pk:
            return _("nothing yet")
        return _("%(pages)d pages, %(size)d bytes, SHA-256 %(sha256)s") % vars(attachment)


class PartnerFilter(admin.SimpleListFilter):
    title = gettext_lazy("partner")
    parameter_name = "partner"

    def lookups(self, request, model_admin):
        return [(partner.slug, str(partner)) for partner in Partner.objects.all()]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        named = Partner.objects.filter(slug=self.value())
        return queryset.filter(Q(publisher__in=named) | Q(pk__in=named.values("signed")))


@admin.register(Update)
class UpdateAdmin(TimelineItemAdmin):
    sheet = SHEET
    form = TaggedPictureItemForm
    sections = [
        (gettext_lazy("What"), ["situation", "kind", "language", "slug"]),
        (gettext_lazy("In another language"), UPDATE_ORIGINALS),
        LANGUAGE_TABS,
        DATE_SECTION,
        (gettext_lazy("Who"), ["publisher", "co_publishers", "url"]),
        (gettext_lazy("Picture"), PICTURE_FIELDS),
        TAGS_SECTION,
    ]
    words = ["title", "subtitle", "summary", "content_note", "body", "translator", "picture_alt", "picture_credit"]
    readonly_fields = ["picture_shown"]
    inlines = [AttachmentInline]
    list_display = ["__str__", "kind_shown", "situation", "day", "badge", "languages", "edited_by"]
    list_filter = ["situation", "kind", *TimelineItemAdmin.list_filter, PartnerFilter]

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        removed = [attachment.name for attachment in formset.deleted_objects]
        files.delete_files_later(removed)

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_shown(self, update):
        return format_html("{} {}", render_kind_shape(get_kind_family(update.kind)), update.get_kind_display())
