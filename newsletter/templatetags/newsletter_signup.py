"""The band on other pages through which readers begin to sign up."""

from django import template
from django.utils import translation

register = template.Library()


@register.inclusion_tag("newsletter/signup_band.html")
def signup_band(situation=""):
    """`situation` is a slug, or empty for all. Draws nothing that differs between two visitors, so pages that
    hold it can be kept: the stamp and the choices come with the next step."""
    language = translation.get_language()
    return {"situation": situation, "feed": f"/{language}/{situation or 'search'}/feed.atom"}
