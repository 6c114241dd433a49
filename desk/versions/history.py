"""This module knows what each save of a working copy changed, in words that a person can read."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from publishing.fields import RichField
from publishing.text.cleaning import convert_html_to_text
from publishing.translations import get_site_language_name

PER_PAGE = 50
MAX_TEXT_LENGTH = 600  # characters of a text; the whole of it is in the releases
EXCLUDED_FIELDS = {"version", "modified", "created", "edited_by", "uid", "status"}


@dataclass(frozen=True)
class FieldChange:
    field: str
    before: str
    after: str


def get_history_page(item, number, *, hidden=frozenset()):
    """One page of the saves of an item, newest first; each with `changes` against the save before it.

    `hidden` are columns that the reader is not shown.
    """
    records = item.history.select_related("history_user").order_by("-history_date", "-history_id")
    page = Paginator(records, PER_PAGE).get_page(number)
    saves = list(page.object_list)
    older = records[page.end_index() : page.end_index() + 1]
    for save, before in zip(saves, [*saves[1:], *older, None], strict=False):
        save.changes = compare_saves(before, save, hidden=hidden) if before else []
    page.object_list = saves
    return page


def compare_saves(before, after, *, hidden):
    model = after.instance_type
    delta = after.diff_against(before, excluded_fields=EXCLUDED_FIELDS | get_mirrored_columns(model) | hidden)
    told = [
        FieldChange(get_column_label(model, one.field), *format_column_values(model, one.field, one.old, one.new))
        for one in delta.changes
    ]
    return [change for change in told if change.before != change.after]


def format_column_values(model, name, *values):
    return [format_column_value(model, name, value) for value in values]


def get_mirrored_columns(model):
    """The columns that modeltranslation keeps in step with one of the languages."""
    return {field.translated_field.name for field in model._meta.concrete_fields if hasattr(field, "translated_field")}


def get_column_label(model, name):
    field = model._meta.get_field(name)
    translated = getattr(field, "translated_field", None)
    if translated is None:
        return capfirst(field.verbose_name)
    return f"{capfirst(translated.verbose_name)} ({get_site_language_name(field.language)})"


def format_column_value(model, name, value):
    field = model._meta.get_field(name)
    if name == "picture":
        return _("a picture") if value else ""
    if isinstance(field, RichField):
        value = convert_html_to_text(value)
    if field.choices:
        value = dict(field.flatchoices).get(value, value)
    if field.is_relation and value:
        value = field.related_model._default_manager.filter(pk=value).first()
    return Truncator("" if value is None else str(value)).chars(MAX_TEXT_LENGTH)
