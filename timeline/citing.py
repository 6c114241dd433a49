"""This module knows how an item of the site is cited, in a line and for BibTeX, and how its address is passed on."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from publishing.kinds import label_of

from . import dates
from .languages import isolated

SHARED_ON = {
    "Telegram": "https://t.me/share/url?url={}",
    "WhatsApp": "https://wa.me/?text={}",
    "Bluesky": "https://bsky.app/intent/compose?text={}",
    "Facebook": "https://www.facebook.com/sharer/sharer.php?u={}",
}


@dataclass(frozen=True)
class Citation:
    text: str
    bibtex: str


def cited(entry, *, by, address):
    """The `Citation` of an entry in the active language; `by` is the organisation's name."""
    original = entry.facts["original"]
    title = original["title"] if original else entry.title
    authors = [credit["name"] for credit in entry.facts["credits"] if credit["role"] != "signatory"] or [by]
    return Citation(in_words(entry, authors, title, address), bibtex(entry, authors, title, address))


def in_words(entry, authors, title, address):
    words = {
        "author": isolated(pgettext("between names", ", ").join(authors)),
        "title": isolated(title),
        "kind": uncapitalised(str(label_of(entry.kind))),
        "date": dates.as_known(entry.date, entry.precision)
        if entry.precision != "undated"
        else pgettext("date not recorded", "n.d."),
        "address": format_html('<bdi dir="ltr">{}</bdi>', address),
    }
    return format_html(_("{author}, “{title}”, {kind}, {date}, {address}"), **words)


def uncapitalised(words):
    """For the middle of a line; a word that is written in capitals throughout stays: “UN submission”."""
    first = words.partition(" ")[0]
    return words if len(first) > 1 and first.isupper() else words[:1].lower() + words[1:]


def bibtex(entry, authors, title, address):
    fields = [
        ("author", " and ".join(f"{{{plain(name)}}}" for name in authors)),
        ("title", plain(title)),
        ("date", dates.in_data(entry.date, entry.precision)),
        ("url", address),
    ]
    lines = ",\n".join(f"  {name:6} = {{{value}}}" for name, value in fields if value)
    return f"@misc{{ohrm{entry.number},\n{lines}\n}}"


def plain(text):
    """Without what BibTeX reads as its own."""
    return re.sub(r"[{}\\]", "", text)


def shared(address):
    """Plain links by which a reader may pass the address on; nothing is asked of anybody before."""
    links = [(name, form.format(quote(address, safe=""))) for name, form in SHARED_ON.items()]
    return {"share_by_mail": f"mailto:?body={quote(address, safe='')}", "share_links": links}
