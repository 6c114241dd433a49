"""This module knows how a working copy is shown as the page that it would become.

The page is the public one, drawn by the function that draws it for readers, which its room registers
(`publishing.signals.page_requested`). Only the files and the links to other languages lead to places that staff alone
can open.
"""

import copy
import datetime as dt
import re

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from publishing.document import Document
from publishing.models import Entry, PublishedFile, Release
from publishing.signals import page_requested
from publishing.workflow.projection import build_channel_fields, build_entry, render_fragment
from staff.signals import collect_answers

BODY_TAG = re.compile("<body[^>]*>")
COLOUR_PATTERN = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
# Colours that were never released stand at no public address: this stands in their place.
UNRELEASED_COLOURS_PATH, COLOURS_FILE = "/colours-0.css", "colours.css"


def build_preview_entry(item, *, language):
    """An unsaved `Entry` of the working copy as it is, in one language of the site."""
    document = Document.from_json(item.document().as_json())
    now = timezone.now()
    release = Release(type=item.TYPE, uid=item.uid, at=now, situation=document.situation, slug=document.slug)
    public = Entry.objects.filter(uid=item.uid).first()
    known = {"number": public.number, "first_public": public.first_public} if public else {}
    planned = {"number": 0, "first_public": now, "changed": now, **build_channel_fields(document.channels), **known}
    entry = build_entry(release, document, language=language, planned=planned)
    entry.date = dt.date.fromisoformat(entry.date)
    entry.fragment = render_fragment(entry)
    return entry


def get_file_types(item):
    """Stored file -> its media type, for every file that the working copy shows."""
    document = item.document()
    drawn = {one["name"]: one["type"] for picture in document.pictures for one in picture.renditions}
    return drawn | {attachment.name: "application/pdf" for attachment in document.attachments}


def render_preview(request, item, *, language, at, media, bar=None):
    """The page in one language, marked as a preview; `at(code)` and `media(name)` are addresses for staff.

    `bar` is the context of the bar above it; none stands where there is one around it.
    """
    check_preview_exists(item, language)
    above = render_to_string("admin/desk/preview_bar.html", bar, request) if bar else ""
    return add_private_headers(
        HttpResponse(render_preview_html(request, item, language=language, bar=above, at=at, media=media))
    )


def render_phone_preview(request, item, *, language, bar, framed):
    """A page with nothing but the bar and the preview at the address `framed`, as narrow as a phone."""
    check_preview_exists(item, language)
    return add_private_headers(render(request, "admin/desk/preview_phone.html", bar | {"framed": framed}))


def check_preview_exists(item, language):
    if language not in dict(settings.LANGUAGES):
        raise Http404


def render_preview_html(request, item, *, language, at, media, bar="", below=""):
    """The public page as text, between the HTML `bar` above it and `below` it."""
    mark = _("Preview: not public")
    with translation.override(language):
        entry = build_preview_entry(item, language=language)
        html = render_public_page(request, item, entry, language=language)
    for name in get_file_types(item):
        html = html.replace(f"{settings.MEDIA_URL}{name}", media(name))
    for code, _label in settings.LANGUAGES:
        html = html.replace(f'href="{entry.address_in(code)}"', f'href="{at(code)}"')
    html = html.replace(f'href="{UNRELEASED_COLOURS_PATH}"', f'href="{media(COLOURS_FILE)}"')
    html = BODY_TAG.sub(lambda tag: tag[0] + bar, html, count=1).replace("<title>", f"<title>{mark} | ", 1)
    return html.replace("</main>", f"</main>{below}", 1)


def render_public_page(request, item, entry, *, language):
    """The public page as text. It is asked for as if by its public address, which its own links begin with."""
    asked = copy.copy(request)
    asked.path = asked.path_info = entry.get_absolute_url()
    asked.LANGUAGE_CODE = language
    place = getattr(item, "situation", None)
    situation = build_preview_entry(place, language=language) if place else None
    [page] = collect_answers(page_requested, request=asked, entry=entry, situation=situation)
    return page.content.decode()


def read_preview_file(item, name):
    """(bytes, media type) of what a working copy shows or a release of it showed; `Http404` for anything else."""
    if name == COLOURS_FILE:
        return render_colours_css(item), "text/css; charset=utf-8"
    released = PublishedFile.objects.filter(pk=name, uid=item.uid).values_list("type", flat=True)
    kind = get_file_types(item).get(name) or released.first()
    if not kind or not default_storage.exists(name):
        raise Http404
    with default_storage.open(name) as stored:
        return stored.read(), kind


def render_colours_css(item):
    """The stylesheet with the colours that a working copy brings along."""
    values = item.document().facts.get("colours", [])
    if not values or not all(map(COLOUR_PATTERN.fullmatch, values)):
        raise Http404
    context = dict(zip(("link", "link_seen", "link_dark", "link_seen_dark"), values, strict=True))
    return render_to_string("timeline/colours.css", context).encode()


def build_file_response(item, name):
    """The response with one file of a working copy, which the public cannot fetch."""
    data, kind = read_preview_file(item, name)
    response = add_private_headers(HttpResponse(data, content_type=kind))
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if not kind.startswith(("image/", "text/css")):
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def add_private_headers(response):
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
