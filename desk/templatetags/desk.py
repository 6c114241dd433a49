"""What the templates of the desk ask for."""

from django import template

from desk import lists
from desk.versions import published
from publishing.text.cleaning import RichField, safe
from staff.dashboard import tiles_for
from staff.datetime_widgets import clock

register = template.Library()
register.filter("clock", clock)
register.simple_tag(lists.reached, name="state_shown")

# What people work on all day stands before what is set up once.
DAILY = ["updates", "stories", "desk", "situations", "newsletter", "staff", "audit"]


@register.simple_tag(takes_context=True)
def tiles(context):
    return tiles_for(context["request"].user)


@register.inclusion_tag("admin/desk/published.html")
def published_by_month():
    return {"drawing": published.last_months()}


@register.filter
def language_of(fieldset):
    """The code of the language that the fields of this part of a form are written in."""
    return fieldset.fields[0].rpartition("_")[2]


@register.filter
def as_read(field, item):
    """The words of a field that may not be edited here, rich text as readers would see it."""
    name = field.field["field"]
    value = getattr(item, name)
    return safe(value) if isinstance(item._meta.get_field(name), RichField) else value or "-"


@register.filter
def daily_first(app_list):
    rank = {label: place for place, label in enumerate(DAILY)}
    return sorted(app_list, key=lambda app: rank.get(app["app_label"], len(DAILY)))
