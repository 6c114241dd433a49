"""How our mail looks: subject, plain text, HTML, headers.

A letter's text part says everything by itself. Its HTML has no picture and its links go straight to our
site. Not here: to whom a letter goes and when (`subscribers/confirmation.py`, `delivery/sending.py`).
"""

import datetime as dt
import hmac
import secrets
import textwrap
from dataclasses import dataclass
from email.headerregistry import Address
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext, pgettext

from newsletter.models import Wording
from newsletter.subscribers import addresses, audience_filters, links
from publishing.kinds import get_kind_label
from publishing.models import Entry
from publishing.text import date_words
from publishing.text.availability import describe_only_languages
from publishing.text.languages import get_language_direction
from timeline.pages.content_notes import get_content_note

from .mail_merge import MergeFields, build_mail_merge

MAX_SUBJECT_LENGTH = 150
TEXT_WIDTH = 72
MAX_ENTRIES = 40  # entries; mail programs cut off longer mails, so the rest is counted and linked to
# Invisible signs after a neutral subject, so that a list of mail shows no word of what follows.
PREHEADER_PADDING = 60
STYLESHEET_PATH = Path(__file__).parent.parent / "static" / "newsletter" / "mail.css"


@dataclass(frozen=True)
class EditionMail:
    """Everything that is the same for all recipients; links of one recipient are blanks in it."""

    subject: str
    sender: str
    date: dt.datetime
    text: str
    html: str
    headers: dict

    @property
    def host(self):
        return get_site_host()


# --- Letters to one reader --------------------------------------------------------------------


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
        return build_subscriber_mail("confirm", context, to=address, message_id=make_message_id("confirm", sign_up.pk))


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


# --- An edition -------------------------------------------------------------------------------


def build_edition_mail(edition, entries, *, language, blanks):
    """The `Letter` of an edition in one language: `entries` are what is public of it now, in their order."""
    with translation.override(language):
        context = build_edition_context(edition, entries, language=language, blanks=blanks)
        return EditionMail(
            subject=context["subject"],
            sender=format_from_header(context["sender"]["name"]),
            date=edition.send_from,
            text=render_text_part("edition", context),
            html=render_html_part("edition", context),
            headers={
                **build_unsubscribe_headers(context["unsubscribe"], language=language),
                "List-Id": f"<{language}.newsletter.{get_site_host()}>",
                "Precedence": "bulk",
            },
        )


def build_edition_merge(edition, entries, *, language):
    """The edition ready for any recipient; None if nothing of it is public."""
    if not entries:
        return None
    blanks = MergeFields()
    return build_mail_merge(build_edition_mail(edition, entries, language=language, blanks=blanks), blanks)


def build_edition_context(edition, entries, *, language, blanks):
    """What the templates of an edition say, in the active language, which is `language`."""
    sender = get_letterhead(language)
    own = edition.words.get(language, {})
    subject = collapse_whitespace(own.get("subject", ""))
    about = get_edition_topic(edition, language=language, name=sender["name"])
    return {
        "subject": subject or sender["subject"] or build_edition_subject(entries, about),
        "sender": sender,
        "language": language,
        "dir": get_language_direction(language),
        "heading": subject or about,
        "opening": own.get("opening", ""),
        "summed_up": summarise_edition(edition, entries),
        "items": [build_entry_context(entry) for entry in entries[:MAX_ENTRIES]],
        "more": max(0, len(entries) - MAX_ENTRIES),
        "quiet": range(PREHEADER_PADDING),
        "chosen": audience_filters.FREQUENCY_PHRASES.get(edition.frequency),
        "timeline": settings.SITE_URL
        + audience_filters.parse_audience_filter(edition.query, language=language).address(),
        **links.build_merge_links(blanks, language=language),
    }


def get_edition_title(edition, entries, *, language):
    """What an edition is called where anybody may read it."""
    own = collapse_whitespace(edition.words.get(language, {}).get("subject", ""))
    return own or build_edition_subject(
        entries, get_edition_topic(edition, language=language, name=get_letterhead(language)["name"])
    )


def get_edition_topic(edition, *, language, name):
    """What it is about; of everything, it is named for the organisation."""
    return audience_filters.describe_query(edition.query, language=language) if edition.query else name


def build_edition_subject(entries, about):
    """A testimony's title is never the subject: it would stand in lists of mail that others see."""
    if len(entries) == 1 and entries[0].section != "stories":
        return Truncator(collapse_whitespace(entries[0].title)).chars(MAX_SUBJECT_LENGTH)
    count = ngettext("%(n)d update: %(about)s", "%(n)d updates: %(about)s", len(entries))
    return Truncator(count % {"n": len(entries), "about": about}).chars(MAX_SUBJECT_LENGTH)


def summarise_edition(edition, entries):
    """“Weekly digest. 3 updates, February to May 2021.”"""
    count = ngettext("%(n)d update", "%(n)d updates", len(entries)) % {"n": len(entries)}
    days = [entry.date for entry in entries if entry.precision != "undated"]
    comma = pgettext("between a count and its period", ", ")
    when = f"{comma}{date_words.format_period(min(days), max(days))}" if days else ""
    kind = {"daily": gettext("Daily digest. "), "weekly": gettext("Weekly digest. ")}.get(edition.frequency, "")
    return f"{kind}{count}{when}."


def build_entry_context(entry):
    """What a mail says of one entry. Of a testimony, or under a content note, it says no more than title and note."""
    note = get_content_note(entry)
    original = entry.facts["original"] or {}
    language = entry.spoken.get("title") or entry.original_language
    return {
        "date": date_words.format_short_known_date(entry.date, entry.precision),
        "kind": get_kind_label(entry.kind),
        "title": entry.title or original.get("title", ""),
        "language": language,
        "dir": get_language_direction(language),
        "summary": "" if note or entry.section == "stories" else entry.summary,
        "summary_language": entry.spoken.get("summary", entry.text_language),
        "summary_dir": get_language_direction(entry.spoken.get("summary", entry.text_language)),
        "note": note["text"] if note else "",
        "only_in": describe_only_languages([language]) if language != entry.language else "",
        "url": settings.SITE_URL + entry.get_absolute_url(),
    }


# --- Parts of every letter --------------------------------------------------------------------


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


def make_message_id(*parts):
    """The same for the same letter to the same row however often it is tried; nobody can tell whose it is."""
    key = addresses.derive_key(addresses.get_subscriber_keys()[0], "message id")
    return hmac.digest(key, "/".join(map(str, parts)).encode(), "sha256").hex()[:40]


def get_site_host():
    return urlsplit(settings.SITE_URL).hostname
