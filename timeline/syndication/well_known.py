"""What machines ask every site for: what to leave alone, whom to tell of a hole."""

import datetime as dt

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from publishing.models import Entry
from timeline.serving.origin import get_origin

SECURITY_TXT_VALIDITY = dt.timedelta(days=180)


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
