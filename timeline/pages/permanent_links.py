"""The addresses that stay: /e/ID leads to an item wherever it stands, /LL/e/ID.ris tells programs how to cite it.

They only ever lead to a path of our own, and nobody may keep the answer: what is withdrawn is gone here too.
"""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control

from timeline.serving.item_numbers import ITEM_TYPES, get_first_language, get_numbered_entry
from timeline.serving.origin import get_origin
from timeline.serving.page_frame import get_frame
from timeline.sharing.citations import build_citation_source, render_bibtex, render_ris

from .decorators import public_page

# Ending of the file -> (its type, what writes it).
CITATION_FORMATS = {
    "ris": ("application/x-research-info-systems; charset=utf-8", render_ris),
    "bib": ("application/x-bibtex; charset=utf-8", render_bibtex),
}


@public_page
@cache_control(no_store=True)
def redirect_short_link(request, number):
    """To the language the item was written in, the same for every reader: a citation leads all to one text."""
    entry = get_numbered_entry(number, language=settings.LANGUAGE_CODE)
    return HttpResponseRedirect(entry.address_in(get_first_language(entry)))


@public_page
@cache_control(no_store=True)
def redirect_localised_short_link(request, number):
    return HttpResponseRedirect(get_numbered_entry(number, language=get_language()).get_absolute_url())


@public_page
@cache_control(no_store=True)
def download_citation(request, number, form):
    """One item as a file for programs that keep references; it goes the way of all files, the channel “feed”."""
    entry = get_numbered_entry(number, language=get_language(), channel="feed", types=ITEM_TYPES)
    source = build_citation_source(entry, by=get_frame(entry.language).name, origin=get_origin(request))
    content_type, write = CITATION_FORMATS[form]
    response = HttpResponse(write(source), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{entry.number}-{entry.language}.{form}"'
    response["X-Robots-Tag"] = "noindex"
    return response
