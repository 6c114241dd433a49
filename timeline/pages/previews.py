"""Draws the public page of an entry that nobody can read yet, for the desk: exactly what readers would get.

Not here: what staff see around it (`desk/preview.py`, which asks by `page_requested`).
"""

from django.dispatch import receiver

from publishing.signals import page_requested
from timeline.search.filters import Filter
from timeline.serving.page_frame import get_frame

from .fixed_pages import preview_fixed_page
from .views import render_home, render_story, render_timeline, render_update


@receiver(page_requested)
def render_page(request, entry, situation, **kwargs):
    """The page of an entry of any type. `situation` is its situation as it would be, where that is not public yet."""
    return PAGE_RENDERERS[entry.type](request, entry, situation)


def preview_situation(request, entry, situation=None):
    frame = get_frame(entry.language, situation=entry.slug)
    frame.situation = entry
    return render_timeline(request, Filter(language=entry.language, situation=entry.slug), frame)


def preview_alert(request, entry, situation=None):
    """The first page on which the alert would stand, above what is there already."""
    frame = get_frame(entry.language, situation=entry.situation or "*")
    frame.alerts = [entry, *(alert for alert in frame.alerts if alert.uid != entry.uid)]
    if situation is None:
        return render_home(request, frame)
    frame.situation = frame.situation or situation
    return render_timeline(request, Filter(language=entry.language, situation=situation.slug), frame)


def preview_organisation(request, entry, situation=None):
    frame = get_frame(entry.language, situation="*")
    frame.organisation = entry
    return render_home(request, frame)


PAGE_RENDERERS = {
    "update": render_update,
    "story": render_story,
    "situation": preview_situation,
    "alert": preview_alert,
    "organisation": preview_organisation,
    "page": preview_fixed_page,
}
