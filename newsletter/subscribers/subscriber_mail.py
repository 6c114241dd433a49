"""Mail to one reader: the confirmation of a sign-up, and what we hold about them.

Not here: when it goes out (`confirmation.py`, `data_access.py`), what all our mail has in common
(`mail/letterhead.py`).
"""

import secrets

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from newsletter.mail.letterhead import (
    build_unsubscribe_headers,
    format_from_header,
    get_letterhead,
    get_site_host,
    render_html_part,
)
from publishing.text.languages import get_language_direction

from . import audience_filters, links


def build_confirmation_mail(sign_up, *, address):
    """Asks whether an address is its sender's own, in the language they chose; a message to send."""
    language = sign_up.audience.language
    with translation.override(language):
        sender = get_letterhead(language)
        context = {
            "subject": sender["confirm_subject"],
            "sender": sender,
            "language": language,
            "dir": get_language_direction(language),
            "link": links.build_confirm_link(sign_up.pk, language=language),
            "unsubscribe": links.build_unsubscribe_link(sign_up.pk, language=language),
            "wish": audience_filters.describe_audience(sign_up.audience),
        }
        return build_subscriber_mail(
            "confirm", context, to=address, message_id=links.make_message_id("confirm", sign_up.pk)
        )


def build_data_copy_mail(subscriber, *, address, facts):
    """Tells subscribers what we hold about them; `facts` gives (name, value) pairs in the active language."""
    language = subscriber.audience.language
    with translation.override(language):
        sender = get_letterhead(language)
        context = {
            "subject": sender["subject"] or gettext("What we hold about you"),
            "sender": sender,
            "language": language,
            "dir": get_language_direction(language),
            "facts": facts(subscriber, address=address),
            "preferences": links.build_preferences_link(subscriber.pk, language=language),
            "unsubscribe": links.build_unsubscribe_link(subscriber.pk, language=language),
        }
        return build_subscriber_mail("data_access", context, to=address)


def build_subscriber_mail(name, context, *, to, message_id=None):
    """A message to one address, made of the templates of this name; its Message-ID is made up if none is given."""
    made = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string(f"newsletter/mail/{name}.txt", context),
        from_email=format_from_header(context["sender"]["name"]),
        to=[to],
        headers={
            "Message-ID": f"<{message_id or secrets.token_hex(20)}@{get_site_host()}>",
            "Auto-Submitted": "auto-generated",
            **build_unsubscribe_headers(context["unsubscribe"], language=context["language"]),
        },
    )
    made.attach_alternative(render_html_part(name, context), "text/html")
    return made
