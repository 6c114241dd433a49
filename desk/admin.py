"""The editing desk that every type of publication shares: lists, form and saving.

Not here: the pages that ask before a deed (`transitions/pages.py`), what lists show (`lists.py`), what a form
takes (`forms.py`), how the public page is drawn before it is public (`preview.py`).
"""

from csp.decorators import csp_update
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import Q
from django.forms.widgets import Script
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from js_asset import Media

from desk.reviewing.pages import ReviewPages
from desk.transitions.pages import TransitionPages
from desk.transitions.takedown_pages import TakedownPages
from desk.translating.side_by_side import TranslationPages
from desk.versions import history
from desk.versions.pages import ReleasePages
from publishing.fields import LinesField, RichField
from publishing.media import files
from publishing.translations import (
    TRANSLATION_STATES,
    get_ordered_languages,
    get_site_language_name,
    get_translated_fields,
)
from publishing.workflow import transitions
from staff.datetime_widgets import build_datetime_widget

from . import copying, lists, preview, publication_status
from .editor import EDITOR_STYLE_HASH, RichTextWidget
from .forms import PublicationForm
from .preview_pages import PreviewPages
from .transitions import acknowledgements, buttons
from .translating import records

LANGUAGE_TABS = "words"  # in `sections`: here stand the languages, one tab each
MAX_SEARCH_LENGTH = 200  # letters; a database refuses a condition of thousands of parts


class NativeWidgetsMixin:
    """Fields that work without scripts: the browser's own day and time, boxes to tick, one button to add."""

    formfield_overrides = {
        RichField: {"widget": RichTextWidget},
        LinesField: {"widget": forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})},
        models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
        models.DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": build_datetime_widget()},
        models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple(attrs={"class": "checkboxes"})},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget.can_change_related = field.widget.can_view_related = False
        return field


class TranslatedFieldsAdmin(NativeWidgetsMixin, admin.ModelAdmin):
    """An admin whose translated fields stand in one tab a language.

    `sections` is a list of (heading, fields) and, once, WORDS; `words` names the translated fields that are
    written first, in their order.
    """

    change_form_template = "admin/desk/multilingual_form.html"
    sections = [LANGUAGE_TABS]
    words = ()
    list_per_page = 50
    view_on_site = False

    class Media:
        js = [Script("desk/tabs.js", defer=True)]

    def get_fieldsets(self, request, obj=None):
        sections = []
        for section in self.sections:
            words = section == LANGUAGE_TABS
            sections += self.get_language_fieldsets(request, obj) if words else [(section[0], {"fields": section[1]})]
        return sections

    def get_language_fieldsets(self, request, obj):
        columns = get_translated_fields(self.model)
        known = records.get_translation_states(obj) if obj and obj.pk else {}
        codes = [
            code
            for code in get_ordered_languages(obj)
            if obj is None or records.is_language_visible(request.user, obj, code)
        ]
        for code in codes:
            fields = [columns[name][code] for name in dict.fromkeys([*self.words, *columns])]
            yield render_language_heading(code, known.get(code)), {"fields": fields, "classes": ["language"]}

    def get_search_results(self, request, queryset, search_term):
        """Finds words whatever their case; SQLite alone would tell “Минск” from “минск”."""
        for word in search_term[:MAX_SEARCH_LENGTH].replace("\0", " ").split():
            forms_of = {word, word.lower(), word.upper(), word.capitalize()}
            lookups = [(f"{name}__icontains", form) for name in self.get_search_fields(request) for form in forms_of]
            queryset = queryset.filter(Q.create(lookups, connector=Q.OR))
        return queryset, False

    @method_decorator(csp_update({"style-src": [EDITOR_STYLE_HASH]}))
    def changeform_view(self, request, *args, **kwargs):
        return super().changeform_view(request, *args, **kwargs)

    def render_change_form(self, request, context, *args, **kwargs):
        context["media"] = Media.from_media(context["media"], nonce=str(request.csp_nonce))
        return super().render_change_form(request, context, *args, **kwargs)


def render_language_heading(code, state):
    word = format_html(' <span class="state {}">{}</span>', state, TRANSLATION_STATES[state]) if state else ""
    return format_html('<span lang="{}">{}</span>{}', code, get_site_language_name(code), word)


class PublicationAdmin(
    TakedownPages, ReleasePages, TranslationPages, ReviewPages, PreviewPages, TransitionPages, TranslatedFieldsAdmin
):
    form = PublicationForm
    change_form_template = "admin/desk/publication_form.html"
    list_filter = ["status", lists.VisibilityFilter, lists.MissingLanguageFilter]
    list_select_related = ["edited_by"]
    show_full_result_count = False
    # Fields that are no attributes to show to a reader.
    form_only = ("new_picture", "black_boxes", "cut_out", "keep_in_view", "remove_picture", "tags")

    # --- Lists -------------------------------------------------------------------------------------

    def get_changelist(self, request, **kwargs):
        return lists.DeskChangeList

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def badge(self, item):
        return lists.render_status_badge(item, item.standing)

    @admin.display(description=gettext_lazy("languages"))
    def languages(self, item):
        return lists.render_languages(item)

    @admin.display(description=gettext_lazy("date"), ordering="date")
    def day(self, item):
        return item.date_as_known

    # --- The form ----------------------------------------------------------------------------------

    def get_changeform_initial_data(self, request):
        """A copy of the item that the address names; else a new item belongs where its author worked last."""
        if original := copying.find_item_to_copy(self, request):
            copying.add_copy_message(request, original)
            return copying.build_initial_data(original, self.get_form(request))
        last = self.model._default_manager.filter(edited_by=request.user).order_by("-modified").first()
        place = {"situation": getattr(last, "situation_id", None)} if last else {}
        return place | super().get_changeform_initial_data(request)

    def get_fieldsets(self, request, obj=None):
        sections = super().get_fieldsets(request, obj)
        if obj and not self.has_change_permission(request, obj):
            for _heading, options in sections:
                options["fields"] = [name for name in options["fields"] if name not in self.form_only]
        return sections

    def has_delete_permission(self, request, obj=None):
        """Nobody deletes past the workflow: see `transitions/buttons.py`."""
        return False

    @admin.display(description=gettext_lazy("picture"))
    def picture_shown(self, item):
        if not item.picture:
            return _("none")
        smallest = min(item.picture["renditions"], key=lambda rendition: rendition["size"])
        address = self.url("file", item.pk, smallest["name"])
        return format_html('<img class="thumbnail" src="{}" alt="">', address)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        form = context["adminform"].form
        if request.method == "POST":
            self.discard_uploads(form, context["inline_admin_formsets"])
        # As it is in the database: a form that was refused has changed the item on its way.
        stored = obj and self.model._default_manager.get(pk=obj.pk)
        if obj:
            acknowledgements.add_findings_to_form(form)
        context |= self.get_form_context(request, stored)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def discard_uploads(self, form, formsets):
        """Files that were drawn for a form which could not be saved would belong to nothing."""
        inline = [one for formset in formsets for one in formset.formset.forms]
        for one in [form, *inline]:
            files.delete_files(getattr(one, "new_files", list)())

    def get_form_context(self, request, obj):
        """What stands above and below the fields: where the item is, what may be done, what was released."""
        by = request.user
        if obj is None:
            saving = [deed for deed in self.get_saving_transitions() if deed.offered(self.model(), by=by)]
            return {"saving": saving, "has_preview": preview.has_page(self.model)}
        offered = [deed for deed in self.deeds.values() if deed.offered(obj, by=by)]
        can_save = self.has_change_permission(request, obj)
        return {
            "badge": lists.render_status_badge(obj, lists.get_visibilities([obj.uid])[obj.uid]),
            "public_at": publication_status.get_public_path(obj),
            "returned": publication_status.get_return_event(obj),
            "reminders": obj.reminders(),
            "obstacles": [] if publication_status.is_released(obj) else transitions.blockers(obj),
            "own": obj.status == obj.Status.IN_REVIEW and by.pk in transitions.get_recent_authors(obj),
            "found": acknowledgements.get_open_findings(obj) if can_save else [],
            "saving": [deed for deed in self.get_saving_transitions() if can_save and deed in offered],
            "leading": [
                (deed, self.url(deed.name, obj.pk))
                for deed in offered
                if not can_save or deed not in self.get_saving_transitions()
            ],
            "previews": [one for one in self.previews(obj) if records.is_language_visible(by, obj, one[1])],
            "has_preview": preview.has_page(obj),
            "history_at": self.url("history", obj.pk),
            "translations": self.languages_of(request, obj),
            "copy_at": copying.build_copy_url(self) + str(obj.pk) if self.has_add_permission(request) else "",
            **self.reviewed(request, obj),
            **self.released(request, obj),
            **self.chased(obj),
        }

    def get_saving_transitions(self):
        return [self.deeds[name] for name in buttons.SAVING_TRANSITIONS if name in self.deeds]

    # --- Saving ------------------------------------------------------------------------------------

    def save_model(self, request, obj, form, change):
        """Remembers what was judged before, and saves what differs: an idle press makes nobody an author."""
        current = form.current
        judged = current and current.status in {obj.Status.IN_REVIEW, obj.Status.APPROVED}
        form.seal = transitions.compute_approval_digest(current) if judged else None
        obj.was_saved = False
        if form.has_differences():
            self.keep(request, obj, form)

    def keep(self, request, obj, form):
        """Writes the row. What is not on the form stays as the database has it: it may have moved meanwhile."""
        for field in [field for field in obj._meta.concrete_fields if form.current and not field.editable]:
            setattr(obj, field.attname, getattr(form.current, field.attname))
        form.assign_files(obj)
        obj.version += 1
        obj.edited_by = request.user
        obj._change_reason = form.reason()
        obj.save()
        records.record_translations(form.current, obj, by=request.user)
        obj.was_saved = True

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        obj = form.instance
        form.save_relations()
        if not obj.was_saved and any(formset.has_changed() for formset in formsets):
            self.keep(request, obj, form)
        if form.seal:
            fresh = self.model._default_manager.get(pk=obj.pk)
            if transitions.compute_approval_digest(fresh) != form.seal:
                transitions.reopen(fresh, by=request.user)
                messages.warning(request, _("You changed it, so it is a draft again. Submit it for review again."))
        acknowledgements.acknowledge_findings(obj, request.POST, by=request.user)
        for one in [form, *(one for formset in formsets for one in formset.forms)]:
            for sentence in getattr(one, "sentences", list)():
                messages.info(request, sentence)

    def log_addition(self, request, obj, message):
        """The history and the audit log tell it; Django's log would keep the title of what was purged."""

    def log_change(self, request, obj, message):
        """As `log_addition`."""

    # --- After saving ------------------------------------------------------------------------------

    def response_add(self, request, obj, post_url_continue=None):
        return (
            super().response_add(request, obj) if "_popup" in request.POST else self.redirect_after_save(request, obj)
        )

    def response_change(self, request, obj):
        return (
            super().response_change(request, obj)
            if "_popup" in request.POST
            else self.redirect_after_save(request, obj)
        )

    def redirect_after_save(self, request, obj):
        """From a saved form to what the pressed button asks for."""
        item = self.model._default_manager.get(pk=obj.pk)
        deed = next((deed for deed in self.get_saving_transitions() if f"_{deed.name}" in request.POST), None)
        if deed:
            return self.perform_or_ask(request, item, deed)
        self.add_saved_message(request, obj, item)
        if "_preview" in request.POST and preview.has_page(item):
            return HttpResponseRedirect(self.url("preview", item.pk, get_ordered_languages(item)[0]))
        return HttpResponseRedirect(self.url("change", item.pk))

    def add_saved_message(self, request, obj, item):
        if not obj.was_saved:
            messages.info(request, _("Nothing was changed, so nothing was saved."))
        elif publication_status.get_last_release(item):
            messages.success(request, _("Saved. Readers see the earlier version until you publish again."))
        else:
            messages.success(request, _("Saved. Only staff can see it."))

    def perform_or_ask(self, request, item, deed):
        if publication_status.is_released(item):
            messages.info(request, _("Nothing has changed since it was published."))
            return HttpResponseRedirect(self.url("change", item.pk))
        if (deed.asks(item) or deed.warns(item)) and deed.fits(item, by=request.user):
            return HttpResponseRedirect(self.url(deed.name, item.pk))
        return self.carry_out(request, item, deed)

    def history_view(self, request, object_id, extra_context=None):
        item = self.get_object(request, unquote(object_id))
        if item is None or not self.has_view_or_change_permission(request, item):
            raise Http404
        context = self.page_context(request, title=_("History: %s") % item)
        context |= {
            "item": item,
            "page": history.get_history_page(
                item, request.GET.get("p"), hidden=records.get_hidden_columns(request.user, item)
            ),
            "back": self.url("change", item.pk),
        }
        return TemplateResponse(request, "admin/desk/history.html", context)
