"""The admin of anything with words in every language: one tab for each, in a form that works without scripts.

Not here: what a form takes (`item_form/forms.py`), publications (`admin.py`).
"""

from csp.decorators import csp_update
from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import Q
from django.forms.widgets import Script
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from js_asset import Media

from audit.list_guards import GuardedAdmin
from desk.item_form.rich_text import EDITOR_STYLE_HASH, RichTextWidget
from publishing.fields import LinesField, RichField
from publishing.text.characters import build_search_pattern
from publishing.translations import (
    TRANSLATION_STATES,
    get_ordered_languages,
    get_site_language_name,
    get_translated_fields,
)
from staff.datetime_widgets import build_datetime_widget

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


class TranslatedFieldsAdmin(NativeWidgetsMixin, GuardedAdmin):
    """An admin whose translated fields stand in one tab a language.

    `sections` is a list of (heading, fields) and, once, LANGUAGE_TABS; `words` names the translated fields
    that are written first, in their order.
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
        """Finds words however their letters were typed, as the search of the readers does."""
        for word in search_term[:MAX_SEARCH_LENGTH].replace("\0", " ").split():
            pattern = build_search_pattern(word)
            conditions = [
                Q(**{f"{name}__regex": pattern}) & self.get_visible_rows(request, name)
                for name in self.get_search_fields(request)
            ]
            queryset = queryset.filter(Q.create(conditions, connector=Q.OR))
        return queryset, False

    def get_visible_rows(self, request, column):
        """The rows whose words in this column are shown to the person, so that a search tells nothing about others."""
        codes = [
            code for named in get_translated_fields(self.model).values() for code in named if named[code] == column
        ]
        seen = records.get_visible_languages(request.user, self.model)
        if not codes or seen is None or codes[0] in seen:
            return Q()
        fields = {field.name for field in self.model._meta.concrete_fields}
        own = [Q(**{name: codes[0]}) for name in ("language", "original_language") if name in fields]
        return Q.create(own, connector=Q.OR) if own else Q(pk__in=[])

    @method_decorator(csp_update({"style-src": [EDITOR_STYLE_HASH]}))
    def changeform_view(self, request, *args, **kwargs):
        return super().changeform_view(request, *args, **kwargs)

    def render_change_form(self, request, context, *args, **kwargs):
        context["media"] = Media.from_media(context["media"], nonce=str(request.csp_nonce))
        return super().render_change_form(request, context, *args, **kwargs)


def render_language_heading(code, state):
    word = format_html(' <span class="state {}">{}</span>', state, TRANSLATION_STATES[state]) if state else ""
    return format_html('<span lang="{}">{}</span>{}', code, get_site_language_name(code), word)
