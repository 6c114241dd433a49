"""What the templates of the desk ask for."""

from django import template

from desk import lists, monthly_chart
from publishing.fields import RichField
from publishing.text.cleaning import render_safe_html
from staff.dashboard import get_tiles
from staff.datetime_widgets import format_desk_datetime

register = template.Library()
register.filter("clock", format_desk_datetime)
register.simple_tag(lists.render_translation_state, name="state_shown")

# What people work on all day stands before what is set up once.
APP_ORDER = ["updates", "stories", "desk", "situations", "newsletter", "staff", "audit"]


@register.simple_tag(takes_context=True)
def tiles(context):
    return get_tiles(context["request"].user)


@register.inclusion_tag("admin/desk/published_by_month.html")
def published_by_month():
    return {"drawing": monthly_chart.build_monthly_chart()}


@register.filter
def language_of(fieldset):
    """The code of the language that the fields of this part of a form are written in."""
    return fieldset.fields[0].rpartition("_")[2]


@register.filter
def as_read(field, item):
    """The words of a field that may not be edited here, rich text as readers would see it."""
    name = field.field["field"]
    value = getattr(item, name)
    return render_safe_html(value) if isinstance(item._meta.get_field(name), RichField) else value or "-"


@register.filter
def daily_first(app_list):
    rank = {label: place for place, label in enumerate(APP_ORDER)}
    return sorted(app_list, key=lambda app: rank.get(app["app_label"], len(APP_ORDER)))
