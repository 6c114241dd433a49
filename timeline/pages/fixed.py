"""The pages that every site has: in the organisation's own words where it published some, else as they are shipped.

What an installation does or does not do (`privacy_claims.py`) is no matter of wording: it stands on the page in either
case.
"""

from django.conf import settings
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy

from publishing.models import Entry
from publishing.previews import shows
from timeline.serving.caching import kept
from timeline.serving.frame import frame_for
from timeline.sharing.metadata import Described

from .views import public_page

TITLES = {
    "safety": gettext_lazy("Reading safely"),
    "privacy": gettext_lazy("What we keep about you"),
    "about": gettext_lazy("Who we are"),
}


@kept
@public_page
def fixed(request, name):
    entries = Entry.objects.public().filter(type="page", slug=name, language=translation.get_language())
    return drawn(request, name, entries.first())


@shows("page")
def previewed(request, entry, situation=None):
    return drawn(request, entry.slug, entry)


def drawn(request, name, entry):
    own = entry if entry and is_written_in(entry, "body") else None
    title = own.title if own and is_written_in(own, "title") else str(TITLES[name])
    context = {
        "page": Described(title=title, path=f"{name}/", type="AboutPage" if name == "about" else "WebPage"),
        "frame": frame_for(translation.get_language()),
        "own": own,
        "shipped": f"timeline/fixed/{name}.html",
        "facts": f"timeline/fixed/{name}_facts.html",
        "onion": settings.ONION_HOST,
    }
    return render(request, "timeline/fixed.html", context)


def is_written_in(entry, field):
    """No other language stands in for a page of the site itself: the shipped text is in the reader's own."""
    return entry.spoken.get(field) == entry.language
