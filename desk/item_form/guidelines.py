"""This module knows which fields of the desk's forms may carry a guideline, and puts them there."""

from django.utils.html import format_html
from django.utils.text import capfirst

from desk.models import Guideline
from publishing.publication import get_publication_types
from publishing.translations import get_translated_fields


def get_field_choices():
    """[(name of the type, [(place, label of the field)])] for every field that is written by people."""
    models = dict.fromkeys(get_publication_types().values())
    return [(capfirst(model._meta.verbose_name), list(get_model_field_choices(model))) for model in models]


def get_model_field_choices(model):
    columns = {column for named in get_translated_fields(model).values() for column in named.values()}
    for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
        if field.editable and not field.primary_key and field.name not in columns:
            yield get_field_path(model, field.name), capfirst(field.verbose_name)


def get_field_path(model, name):
    return f"{model._meta.label_lower}.{name}"


def add_guidelines(fields, model):
    """Adds to the help of each of the form's `fields` what the administrators wrote for it. One query."""
    known = Guideline.objects.filter(place__startswith=f"{model._meta.label_lower}.")
    words = {guideline.place: guideline.words for guideline in known}
    if not words:
        return
    own = {column: name for name, named in get_translated_fields(model).items() for column in named.values()}
    for column, field in fields.items():
        if said := words.get(get_field_path(model, own.get(column, column))):
            field.help_text = render_guideline_help(field.help_text, said)


def render_guideline_help(help_text, words):
    return format_html('{} <span class="guideline" dir="auto">{}</span>', help_text, words)
