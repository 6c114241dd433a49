"""How an edition looks: subject, plain text, HTML, headers.

The text part says everything by itself. The HTML has no picture and its links go straight to our site. Not here: what
all our mail has in common (`mail/letterhead.py`), to whom it goes and when (`digests.py`, `delivery/sending.py`).
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext, pgettext

from newsletter.mail.letterhead import (
    build_unsubscribe_headers,
    collapse_whitespace,
    format_from_header,
    get_letterhead,
    get_site_host,
    render_html_part,
    render_text_part,
)
from newsletter.subscribers import audience_filters, links
from publishing.kinds import get_kind_label
from publishing.text import date_words
from publishing.text.availability import describe_only_languages
from publishing.text.languages import get_language_direction

from .mail_merge import MergeFields, build_mail_merge

MAX_SUBJECT_LENGTH = 150
MAX_ENTRIES = 40  # entries; mail programs cut off longer mails, so the rest is counted and linked to
# Invisible signs after a neutral subject, so that a list of mail shows no word of what follows.
PREHEADER_PADDING = 60


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


def build_edition_mail(edition, entries, *, language, blanks):
    """The mail of an edition in one language: `entries` are what is public of it now, in their order."""
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
        return Truncator(collapse_whitespace(entries[0].title_as_known)).chars(MAX_SUBJECT_LENGTH)
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
    note = entry.content_note
    language = entry.title_language
    return {
        "date": date_words.format_short_known_date(entry.date, entry.precision),
        "kind": get_kind_label(entry.kind),
        "title": entry.title_as_known,
        "language": language,
        "dir": get_language_direction(language),
        "summary": "" if entry.is_held_back else entry.summary,
        "summary_language": entry.spoken.get("summary", entry.text_language),
        "summary_dir": get_language_direction(entry.spoken.get("summary", entry.text_language)),
        "note": note["text"] if note else "",
        "only_in": describe_only_languages([language]) if language != entry.language else "",
        "url": settings.SITE_URL + entry.get_absolute_url(),
    }
