"""What machines ask every site for: where to begin, what to leave alone, whom to tell of a hole."""

import datetime as dt

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from publishing.models import Entry
from timeline.serving.origin import get_origin

SECURITY_TXT_VALIDITY = dt.timedelta(days=180)


@require_safe
def redirect_to_language(request):
    """The home page in the reader's language as the browser asks for it; no cookie has a say."""
    response = HttpResponseRedirect(f"/{get_preferred_language(request.headers.get('Accept-Language', ''))}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def get_preferred_language(header):
    """The first language of the site that an Accept-Language names, or the site's own."""
    for code, _weight in parse_accept_lang_header(header.lower()):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


@require_safe
def robots_txt(request):
    return build_text_response(
        ["User-agent: *", "Disallow: /admin/", "", f"Sitemap: {get_origin(request)}/sitemap.xml"]
    )


@require_safe
def security_txt(request):
    """Whom to tell of a hole (RFC 9116); it is written anew at each request, so it never runs out."""
    expires = (timezone.now() + SECURITY_TXT_VALIDITY).replace(hour=0, minute=0, second=0, microsecond=0)
    return build_text_response(
        [
            f"Contact: {get_security_contact(request)}",
            f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
            f"Preferred-Languages: {', '.join(code for code, _label in settings.LANGUAGES)}",
            f"Canonical: {get_origin(request)}/.well-known/security.txt",
        ]
    )


def get_security_contact(request):
    """The organisation's own address, or the page that says who it is."""
    organisation = Entry.objects.public().filter(type="organisation", language=settings.LANGUAGE_CODE).first()
    address = organisation.facts.get("contact") if organisation else ""
    return f"mailto:{address}" if address else f"{get_origin(request)}/{settings.LANGUAGE_CODE}/about/"


def build_text_response(lines):
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response
