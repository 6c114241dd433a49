"""This module knows how a working copy is shown as the page that it would become.

The page is the public one, drawn by the function that draws it for readers, which its room registers
(`publishing.drawing`). Only the files and the links to other languages lead to places that staff alone can open.
"""

import copy
import datetime as dt
import re

from django.conf import settings
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from publishing.document import Document
from publishing.drawing import DRAWN_BY
from publishing.entries import draw, entry_of
from publishing.models import Entry, Release

BODY = re.compile("<body[^>]*>")


def has_page(item):
    return item.TYPE in DRAWN_BY


def entry_for(item, *, language):
    """An unsaved `Entry` of the working copy as it is, in one language of the site."""
    document = Document.from_json(item.document().as_json())
    now = timezone.now()
    release = Release(type=item.TYPE, uid=item.uid, at=now, situation=document.situation, slug=document.slug)
    public = Entry.objects.filter(uid=item.uid).first()
    number, first = (public.number, public.first_public) if public else (0, now)
    entry = entry_of(release, document, language=language, number=number, first_public=first)
    entry.date = dt.date.fromisoformat(entry.date)
    entry.fragment = draw(entry)
    return entry


def files_of(item):
    """Stored file -> its media type, for every file that the working copy shows."""
    document = item.document()
    drawn = {one["name"]: one["type"] for picture in document.pictures for one in picture.renditions}
    return drawn | {attachment.name: "application/pdf" for attachment in document.attachments}


def page(request, item, *, language, back, at, media):
    """The page in one language, marked as a preview; `at(code)` and `media(name)` are addresses for staff."""
    if language not in dict(settings.LANGUAGES) or not has_page(item):
        raise Http404
    bar = render_to_string("admin/desk/preview_bar.html", bar_context(item, language, back=back, at=at), request)
    mark = _("Preview: not public")
    with translation.override(language):
        entry = entry_for(item, language=language)
        html = drawn(request, item, entry, language=language)
    for name in files_of(item):
        html = html.replace(f"{settings.MEDIA_URL}{name}", media(name))
    for code, _label in settings.LANGUAGES:
        html = html.replace(f'href="{entry.address_in(code)}"', f'href="{at(code)}"')
    html = BODY.sub(lambda tag: tag[0] + bar, html, count=1).replace("<title>", f"<title>{mark} | ", 1)
    return guarded(HttpResponse(html))


def drawn(request, item, entry, *, language):
    """The public page as text. It is asked for as if by its public address, which its own links begin with."""
    asked = copy.copy(request)
    asked.path = asked.path_info = entry.get_absolute_url()
    asked.LANGUAGE_CODE = language
    situation = entry_for(item.situation, language=language)
    return DRAWN_BY[item.TYPE](asked, entry, situation).content.decode()


def bar_context(item, language, *, back, at):
    return {
        "item": item,
        "language": language,
        "back": back,
        "codes": [(code, at(code)) for code, _label in settings.LANGUAGES],
    }


def guarded(response):
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
