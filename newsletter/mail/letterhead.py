"""What every mail of ours has in common: who writes, how its two parts are drawn, by which header it can be left.

Not here: what a mail says (`subscribers/subscriber_mail.py`, `composition/edition_mail.py`).
"""

import textwrap
from email.headerregistry import Address
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext

from newsletter.models import Wording
from publishing.models import Entry

TEXT_WIDTH = 72
STYLESHEET_PATH = Path(__file__).parent.parent / "static" / "newsletter" / "mail.css"


def get_letterhead(language):
    """Who writes, as readers of this language know them: name, postal address, subjects, where they are found."""
    entry = Entry.objects.public(channel="newsletter").filter(type="organisation", language=language).first()
    wording = Wording.objects.filter(language=language).first() or Wording()
    name = wording.sender or (collapse_whitespace(entry.title) if entry else get_site_host())
    return {
        "name": name,
        "postal": entry.facts.get("postal_address", "") if entry else "",
        "url": f"{settings.SITE_URL}/{language}/",
        "subject": collapse_whitespace(wording.subject),
        "confirm_subject": collapse_whitespace(wording.confirm_subject)
        or gettext("Please confirm: updates from %(name)s") % {"name": name},
        "confirm_text": wording.confirm_text,
    }


def render_text_part(name, context):
    """The plain part, its paragraphs broken at spaces; links stand on lines of their own and stay whole."""
    text = render_to_string(f"newsletter/mail/{name}.txt", context)
    lines = (
        textwrap.wrap(line, TEXT_WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
        for line in text.splitlines()
    )
    return "\n".join(part for wrapped in lines for part in wrapped) + "\n"


def render_html_part(name, context):
    """The HTML part, each rule of the style moved to its elements: mail programs drop style sheets."""
    return get_css_inliner().inline(render_to_string(f"newsletter/mail/{name}.html", context))


@lru_cache(maxsize=1)
def get_css_inliner():
    return css_inline.CSSInliner(
        keep_at_rules=True, load_remote_stylesheets=False, extra_css=STYLESHEET_PATH.read_text()
    )


def build_unsubscribe_headers(link, *, language):
    """One click in the mail program is enough to leave (RFC 2369, RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Content-Language": language,
    }


def format_from_header(name):
    return str(Address(collapse_whitespace(name), addr_spec=settings.DEFAULT_FROM_EMAIL))


def collapse_whitespace(text):
    return " ".join(text.split())


def get_site_host():
    return urlsplit(settings.SITE_URL).hostname
