"""The desk of the situations: the organisation, situations, partners, alerts and tags."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag as StockTag

from desk.admin import PublicationAdmin
from desk.item_form.forms import PictureForm, PublicationForm, TranslatedFieldsForm
from desk.transitions.buttons import BUTTONS, Publish
from desk.transitions.forms import ConfirmTransitionForm
from desk.translated_admin import LANGUAGE_TABS, TranslatedFieldsAdmin
from publishing.media import images
from publishing.text.translated_values import get_columns, get_translations
from publishing.translations import get_translated_fields
from publishing.workflow.state_machine import perform
from publishing.workflow.transitions import TRANSITIONS

from .fixed_pages import get_shipped_page
from .models import Alert, Organisation, Page, Partner, Situation, Tag
from .spreadsheets.references import index_by_name

# Theirs lists tags that nobody uses here, with a page that merges them for whoever may enter the desk.
admin.site.unregister(StockTag)

PICTURE_FIELDS = [
    "picture_shown", "new_picture", "black_boxes", "cut_out", "keep_in_view", "remove_picture", "picture_decorative",
]  # fmt: skip


class OrganisationForm(PublicationForm):
    new_mark = forms.FileField(
        label=_("New square logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/svg+xml,.svg"}),
        help_text=_("A square SVG of one colour, made only of paths. It is shown before the name on every page."),
    )
    remove_mark = forms.BooleanField(label=_("Remove the logo"), required=False)
    mark = None

    def clean_new_mark(self):
        upload = self.cleaned_data["new_mark"]
        if upload:
            self.mark = images.parse_svg_mark(upload)
        return upload

    def has_differences(self):
        return bool(self.mark or self.cleaned_data.get("remove_mark")) or super().has_differences()

    def assign_files(self, item):
        if self.mark or self.cleaned_data.get("remove_mark"):
            item.mark = self.mark


@admin.register(Organisation)
class OrganisationAdmin(PublicationAdmin):
    form = OrganisationForm
    form_only = ("new_mark", "remove_mark")
    sections = [
        (_("What"), ["language"]),
        LANGUAGE_TABS,
        (_("Logo"), ["mark_shown", "new_mark", "remove_mark"]),
        (_("Colours of links"), ["link", "link_seen", "link_dark", "link_seen_dark"]),
        (_("Contact details"), ["contact", "postal_address", "mirrors"]),
    ]
    readonly_fields = ["mark_shown"]

    @admin.display(description=_("square logo"))
    def mark_shown(self, item):
        if not item.mark:
            return _("none")
        drawing = '<svg class="mark" viewBox="{}" aria-hidden="true"><path fill-rule="{}" d="{}"/></svg>'
        rule = item.mark.get("rule", "nonzero")  # SVG's own, for marks kept before rules were
        return format_html(drawing, item.mark["viewbox"], rule, " ".join(item.mark["paths"]))

    def add_view(self, request, form_url="", extra_context=None):
        only = Organisation.objects.first()
        if only:
            return HttpResponseRedirect(self.url("change", only.pk))
        return super().add_view(request, form_url, extra_context)

    def changelist_view(self, request, extra_context=None):
        """There is one, so the list leads straight to it."""
        only = Organisation.objects.first()
        if only:
            return HttpResponseRedirect(self.url("change", only.pk))
        if self.has_add_permission(request):
            return HttpResponseRedirect(self.url("add"))
        return super().changelist_view(request, extra_context)


@admin.register(Situation)
class SituationAdmin(PublicationAdmin):
    form = PictureForm
    sections = [
        (_("What"), ["language", "slug", "order", "archived"]),
        LANGUAGE_TABS,
        (_("When"), ["since", "until"]),
        (_("Picture"), PICTURE_FIELDS),
    ]
    words = ["title", "short_title", "introduction", "region", "support", "picture_alt", "picture_credit"]
    readonly_fields = ["picture_shown"]
    list_display = ["__str__", "badge", "languages", "since", "order", "archived", "edited_by"]
    list_filter = ["archived", *PublicationAdmin.list_filter]
    search_fields = [*get_columns("title"), "slug"]


class PublishAlert(Publish):
    """Whoever is on duty puts an alert up at once, whatever its start says."""

    own_label = _("Publish it now")
    form = ConfirmTransitionForm
    is_focused = True
    effects = [
        _("It appears at once at the top of every page it applies to, and disappears automatically at its end time.")
    ]


class ScheduleAlert(PublishAlert):
    transition = TRANSITIONS["schedule"]
    own_label = _("Publish it at its start time")
    effects = [_("It appears automatically at its start time and disappears automatically at its end time.")]

    def do(self, item, *, by, seen):
        if at := item.starts_by_itself():
            perform(item, self.transition, by=by, seen=seen, at=at)
        else:
            perform(item, TRANSITIONS["publish"], by=by, seen=seen)

    def get_report(self, item):
        return BUTTONS["schedule"].get_report(item) if item.starts_by_itself() else super().get_report(item)


class AlertForm(PublicationForm):
    def clean(self):
        data = super().clean()
        ends = data.get("ends")
        if ends and ends <= timezone.now() and "ends" in self.changed_data:
            self.add_error("ends", ValidationError(_("That time has passed: the alert would never be shown.")))
        return data


@admin.register(Alert)
class AlertAdmin(PublicationAdmin):
    form = AlertForm
    buttons = {name: BUTTONS[name] for name in ("unschedule", "withdraw", "purge", "allow-names")} | {
        "publish": PublishAlert(),
        "schedule": ScheduleAlert(),
    }
    sections = [
        (_("Where"), ["situation", "url", "language"]),
        LANGUAGE_TABS,
        (_("When"), ["starts", "ends"]),
    ]
    list_display = ["__str__", "badge", "where", "languages", "starts", "ends", "edited_by"]
    list_filter = ["situation", *PublicationAdmin.list_filter]
    list_select_related = ["situation", "edited_by"]
    search_fields = get_columns("sentence")

    @admin.display(description=_("where"), ordering="situation")
    def where(self, alert):
        return alert.situation or _("the whole site")


class PageForm(PublicationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        taken = set(Page.objects.exclude(pk=self.instance.pk).values_list("key", flat=True))
        if "key" in self.fields:
            self.fields["key"].choices = [(key, label) for key, label in Page.Key.choices if key not in taken]


@admin.register(Page)
class PageAdmin(PublicationAdmin):
    form = PageForm
    sections = [(_("What"), ["key", "language"]), LANGUAGE_TABS]
    list_display = ["__str__", "badge", "languages", "edited_by"]
    search_fields = [*get_columns("title"), "key"]

    def get_changeform_initial_data(self, request):
        """A new page begins with the shipped text in every language, to be changed rather than invented."""
        initial = super().get_changeform_initial_data(request)
        free = sorted(set(Page.Key.values) - set(Page.objects.values_list("key", flat=True)), reverse=True)
        key = initial.get("key") if initial.get("key") in free else next(iter(free), None)
        return get_shipped_initial(key) | initial | {"key": key} if key else initial

    def add_view(self, request, form_url="", extra_context=None):
        # Asked here alone: as a right it would cost every page of the desk a query.
        if Page.objects.count() >= len(Page.Key.choices):
            messages.info(request, gettext("Every page of the site has a text of its own already. Change it there."))
            return HttpResponseRedirect(self.url("changelist"))
        return super().add_view(request, form_url, extra_context)


def get_shipped_initial(key):
    """Column -> what the site comes with."""
    columns, words = get_translated_fields(Page), {}
    for code in columns["title"]:
        words[columns["title"][code]], words[columns["body"][code]] = get_shipped_page(key, code)
    return words


class PartnerForm(TranslatedFieldsForm):
    class Meta:
        # Its `language` is its own, which need not be one of the site's.
        labels = {"language": _("its language")}


@admin.register(Partner)
class PartnerAdmin(TranslatedFieldsAdmin):
    form = PartnerForm
    sections = [LANGUAGE_TABS, (_("About it"), ["url", "country", "language", "slug"])]
    list_display = ["__str__", "description", "country", "language", "url"]
    list_filter = ["country", "language"]
    search_fields = [*get_columns("name"), "slug"]


class TagForm(TranslatedFieldsForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False  # made of the name
            self.fields["slug"].help_text = gettext("The last part of its addresses. Empty: created from the name.")

    def clean(self):
        data = super().clean()
        others = index_by_name(Tag.objects.exclude(pk=self.instance.pk))
        for column in set(get_translated_fields(Tag)["name"].values()) & data.keys():
            if (data[column] or "").casefold() in others:
                self.add_error(
                    column, gettext("Another tag already has this name. Change that tag, or choose another name.")
                )
        return data

    def _post_clean(self):
        """The column without a language is unique too, and Django's form leaves it empty where English is."""
        super()._post_clean()
        vars(self.instance)["name"] = next(iter(get_translations(self.instance, "name").values()), "")


@admin.register(Tag)
class TagAdmin(TranslatedFieldsAdmin):
    form = TagForm
    sections = [LANGUAGE_TABS, (_("Address"), ["slug"])]
    list_display = ["__str__", "slug", "names"]
    search_fields = [*get_columns("name"), "slug"]

    @admin.display(description=_("names"))
    def names(self, tag):
        return ", ".join(f"{code}: {name}" for code, name in tag.as_label().names.items())
