"""The pages that every site has: in the organisation's own words where it published some, else as they are shipped.

What an installation does or does not do (`privacy_claims.py`) is no matter of wording: it stands on the page in either
case.
"""

from django.conf import settings
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy

from publishing.models import Entry
from timeline.serving.caching import cache_public_page
from timeline.serving.page_frame import get_frame
from timeline.sharing.metadata import PageMetadata

from .decorators import public_page

FIXED_PAGE_TITLES = {
    "safety": gettext_lazy("Reading safely"),
    "privacy": gettext_lazy("What we keep about you"),
    "about": gettext_lazy("Who we are"),
}


@cache_public_page
@public_page
def fixed_page(request, name):
    entries = Entry.objects.public().filter(type="page", slug=name, language=translation.get_language())
    return render_fixed_page(request, name, entries.first())


def preview_fixed_page(request, entry, situation=None):
    return render_fixed_page(request, entry.slug, entry)


def render_fixed_page(request, name, entry):
    own = entry if entry and is_in_own_language(entry, "body") else None
    title = own.title if own and is_in_own_language(own, "title") else str(FIXED_PAGE_TITLES[name])
    context = {
        "page": PageMetadata(title=title, path=f"{name}/", type="AboutPage" if name == "about" else "WebPage"),
        "frame": get_frame(translation.get_language()),
        "own": own,
        "shipped": f"timeline/fixed/{name}.html",
        "facts": f"timeline/fixed/{name}_facts.html",
        "onion": settings.ONION_HOST,
    }
    return render(request, "timeline/fixed.html", context)


def is_in_own_language(entry, field):
    """No other language stands in for a page of the site itself: the shipped text is in the reader's own."""
    return entry.spoken.get(field) == entry.language
