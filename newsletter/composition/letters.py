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
from publishing.kinds import label_of
from publishing.models import Entry
from publishing.text import date_words
from publishing.text.availability import only_in
from publishing.text.languages import direction_of
from timeline.templatetags.timeline import content_note

from .printing import Blanks, printed

SUBJECT_LENGTH = 150
COLUMNS = 72
LONGEST = 40  # entries; mail programs cut off longer mails, so the rest is counted and linked to
# Invisible signs after a neutral subject, so that a list of mail shows no word of what follows.
QUIET = 60
SHEET = Path(__file__).parent.parent / "static" / "newsletter" / "mail.css"


@dataclass(frozen=True)
class Letter:
    """Everything that is the same for all recipients; links of one recipient are blanks in it."""

    subject: str
    sender: str
    date: dt.datetime
    text: str
    html: str
    headers: dict

    @property
    def host(self):
        return site_host()


# --- Letters to one reader --------------------------------------------------------------------


def confirmation(sign_up, *, address):
    """Asks whether an address is its sender's own, in the language they chose; a message to send."""
    language = sign_up.audience.language
    with translation.override(language):
        sender = letterhead(language)
        context = {
            "subject": sender["confirm_subject"],
            "sender": sender,
            "language": language,
            "dir": direction_of(language),
            "link": links.confirm_link(sign_up.pk, language=language),
            "unsubscribe": links.unsubscribe_link(sign_up.pk, language=language),
            "wish": audience_filters.in_words(sign_up.audience),
        }
        return message("confirm", context, to=address, message_id=message_name("confirm", sign_up.pk))


def held(subscriber, *, address, facts):
    """Tells subscribers what we hold about them; `facts` gives (name, value) pairs in the active language."""
    language = subscriber.audience.language
    with translation.override(language):
        sender = letterhead(language)
        context = {
            "subject": sender["subject"] or gettext("What we hold about you"),
            "sender": sender,
            "language": language,
            "dir": direction_of(language),
            "facts": facts(subscriber, address=address),
            "preferences": links.preferences_link(subscriber.pk, language=language),
            "unsubscribe": links.unsubscribe_link(subscriber.pk, language=language),
        }
        return message("held", context, to=address)


def message(name, context, *, to, message_id=None):
    """A message to one address, made of the templates of this name; its Message-ID is made up if none is given."""
    made = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string(f"newsletter/mail/{name}.txt", context),
        from_email=from_line(context["sender"]["name"]),
        to=[to],
        headers={
            "Message-ID": f"<{message_id or secrets.token_hex(20)}@{site_host()}>",
            "Auto-Submitted": "auto-generated",
            **leaving_headers(context["unsubscribe"], language=context["language"]),
        },
    )
    made.attach_alternative(in_html(name, context), "text/html")
    return made


def letterhead(language):
    """Who writes, as readers of this language know them: name, postal address, subjects, where they are found."""
    entry = Entry.objects.public(channel="newsletter").filter(type="organisation", language=language).first()
    wording = Wording.objects.filter(language=language).first() or Wording()
    name = wording.sender or (one_line(entry.title) if entry else site_host())
    return {
        "name": name,
        "postal": entry.facts.get("postal_address", "") if entry else "",
        "url": f"{settings.SITE_URL}/{language}/",
        "subject": one_line(wording.subject),
        "confirm_subject": one_line(wording.confirm_subject)
        or gettext("Please confirm: updates from %(name)s") % {"name": name},
        "confirm_text": wording.confirm_text,
    }


# --- An edition -------------------------------------------------------------------------------


def of_edition(edition, entries, *, language, blanks):
    """The `Letter` of an edition in one language: `entries` are what is public of it now, in their order."""
    with translation.override(language):
        context = words_of(edition, entries, language=language, blanks=blanks)
        return Letter(
            subject=context["subject"],
            sender=from_line(context["sender"]["name"]),
            date=edition.send_from,
            text=in_text("edition", context),
            html=in_html("edition", context),
            headers={
                **leaving_headers(context["unsubscribe"], language=language),
                "List-Id": f"<{language}.newsletter.{site_host()}>",
                "Precedence": "bulk",
            },
        )


def print_of(edition, entries, *, language):
    """The edition ready for any recipient; None if nothing of it is public."""
    if not entries:
        return None
    blanks = Blanks()
    return printed(of_edition(edition, entries, language=language, blanks=blanks), blanks)


def words_of(edition, entries, *, language, blanks):
    """What the templates of an edition say, in the active language, which is `language`."""
    sender = letterhead(language)
    own = edition.words.get(language, {})
    subject = one_line(own.get("subject", ""))
    about = about_of(edition, language=language, name=sender["name"])
    return {
        "subject": subject or sender["subject"] or subject_of(entries, about),
        "sender": sender,
        "language": language,
        "dir": direction_of(language),
        "heading": subject or about,
        "opening": own.get("opening", ""),
        "summed_up": summed_up(edition, entries),
        "items": [item(entry) for entry in entries[:LONGEST]],
        "more": max(0, len(entries) - LONGEST),
        "quiet": range(QUIET),
        "chosen": audience_filters.PHRASES.get(edition.frequency),
        "timeline": settings.SITE_URL + audience_filters.filter_of(edition.query, language=language).address(),
        **links.blank_links(blanks, language=language),
    }


def title_of(edition, entries, *, language):
    """What an edition is called where anybody may read it."""
    own = one_line(edition.words.get(language, {}).get("subject", ""))
    return own or subject_of(entries, about_of(edition, language=language, name=letterhead(language)["name"]))


def about_of(edition, *, language, name):
    """What it is about; of everything, it is named for the organisation."""
    return audience_filters.about(edition.query, language=language) if edition.query else name


def subject_of(entries, about):
    """A testimony's title is never the subject: it would stand in lists of mail that others see."""
    if len(entries) == 1 and entries[0].section != "stories":
        return Truncator(one_line(entries[0].title)).chars(SUBJECT_LENGTH)
    count = ngettext("%(n)d update: %(about)s", "%(n)d updates: %(about)s", len(entries))
    return Truncator(count % {"n": len(entries), "about": about}).chars(SUBJECT_LENGTH)


def summed_up(edition, entries):
    """“Weekly digest. 3 updates, February to May 2021.”"""
    count = ngettext("%(n)d update", "%(n)d updates", len(entries)) % {"n": len(entries)}
    days = [entry.date for entry in entries if entry.precision != "undated"]
    comma = pgettext("between a count and its period", ", ")
    when = f"{comma}{date_words.period(min(days), max(days))}" if days else ""
    kind = {"daily": gettext("Daily digest. "), "weekly": gettext("Weekly digest. ")}.get(edition.frequency, "")
    return f"{kind}{count}{when}."


def item(entry):
    """What a mail says of one entry. Of a testimony, or under a content note, it says no more than title and note."""
    note = content_note(entry)
    original = entry.facts["original"] or {}
    language = entry.spoken.get("title") or entry.original_language
    return {
        "date": date_words.short_as_known(entry.date, entry.precision),
        "kind": label_of(entry.kind),
        "title": entry.title or original.get("title", ""),
        "language": language,
        "dir": direction_of(language),
        "summary": "" if note or entry.section == "stories" else entry.summary,
        "summary_language": entry.spoken.get("summary", entry.text_language),
        "summary_dir": direction_of(entry.spoken.get("summary", entry.text_language)),
        "note": note["text"] if note else "",
        "only_in": only_in([language]) if language != entry.language else "",
        "url": settings.SITE_URL + entry.get_absolute_url(),
    }


# --- Parts of every letter --------------------------------------------------------------------


def in_text(name, context):
    """The plain part, its paragraphs broken at spaces; links stand on lines of their own and stay whole."""
    text = render_to_string(f"newsletter/mail/{name}.txt", context)
    lines = (
        textwrap.wrap(line, COLUMNS, break_long_words=False, break_on_hyphens=False) or [""]
        for line in text.splitlines()
    )
    return "\n".join(part for wrapped in lines for part in wrapped) + "\n"


def in_html(name, context):
    """The HTML part, each rule of the style moved to its elements: mail programs drop style sheets."""
    return inliner().inline(render_to_string(f"newsletter/mail/{name}.html", context))


@lru_cache(maxsize=1)
def inliner():
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, extra_css=SHEET.read_text())


def leaving_headers(link, *, language):
    """One click in the mail program is enough to leave (RFC 2369, RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Content-Language": language,
    }


def from_line(name):
    return str(Address(one_line(name), addr_spec=settings.DEFAULT_FROM_EMAIL))


def one_line(text):
    return " ".join(text.split())


def message_name(*parts):
    """The same for the same letter to the same row however often it is tried; nobody can tell whose it is."""
    key = addresses.derive(addresses.subscriber_keys()[0], "message id")
    return hmac.digest(key, "/".join(map(str, parts)).encode(), "sha256").hex()[:40]


def site_host():
    return urlsplit(settings.SITE_URL).hostname
