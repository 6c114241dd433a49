"""The addresses that stay: /e/ID leads to an item wherever it stands, /LL/e/ID.ris tells programs how to cite it.

They only ever lead to a path of our own, and nobody may keep the answer: what is withdrawn is gone here too.
"""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control

from timeline.serving.frame import frame_for
from timeline.sharing.citations import as_bibtex, as_ris, source_of
from timeline.sharing.metadata import origin_of

from .numbers import ITEMS, first_language, numbered
from .views import public_page

# Ending of the file -> (its type, what writes it).
REFERENCES = {
    "ris": ("application/x-research-info-systems; charset=utf-8", as_ris),
    "bib": ("application/x-bibtex; charset=utf-8", as_bibtex),
}


@public_page
@cache_control(no_store=True)
def short(request, number):
    """To the language the item was written in, the same for every reader: a citation leads all to one text."""
    entry = numbered(number, language=settings.LANGUAGE_CODE)
    return HttpResponseRedirect(entry.address_in(first_language(entry)))


@public_page
@cache_control(no_store=True)
def short_in_language(request, number):
    return HttpResponseRedirect(numbered(number, language=get_language()).get_absolute_url())


@public_page
@cache_control(no_store=True)
def reference(request, number, form):
    """One item as a file for programs that keep references."""
    entry = numbered(number, language=get_language(), types=ITEMS)
    source = source_of(entry, by=frame_for(entry.language).name, origin=origin_of(request))
    content_type, write = REFERENCES[form]
    response = HttpResponse(write(source), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{entry.number}-{entry.language}.{form}"'
    response["X-Robots-Tag"] = "noindex"
    return response
