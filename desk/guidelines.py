"""This module knows which fields of the desk's forms may carry a guideline, and puts them there."""

from django.utils.html import format_html
from django.utils.text import capfirst

from publishing.translations import translated_fields
from publishing.workflow.transitions import types

from .models import Guideline


def places():
    """[(name of the type, [(place, label of the field)])] for every field that is written by people."""
    models = dict.fromkeys(types().values())
    return [(capfirst(model._meta.verbose_name), list(fields_of(model))) for model in models]


def fields_of(model):
    columns = {column for named in translated_fields(model).values() for column in named.values()}
    for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
        if field.editable and not field.primary_key and field.name not in columns:
            yield place_of(model, field.name), capfirst(field.verbose_name)


def place_of(model, name):
    return f"{model._meta.label_lower}.{name}"


def put_beside(fields, model):
    """Adds to the help of each of the form's `fields` what the administrators wrote for it. One query."""
    known = Guideline.objects.filter(place__startswith=f"{model._meta.label_lower}.")
    words = {guideline.place: guideline.words for guideline in known}
    if not words:
        return
    own = {column: name for name, named in translated_fields(model).items() for column in named.values()}
    for column, field in fields.items():
        if said := words.get(place_of(model, own.get(column, column))):
            field.help_text = beside(field.help_text, said)


def beside(help_text, words):
    return format_html('{} <span class="guideline" dir="auto">{}</span>', help_text, words)
