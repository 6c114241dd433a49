"""This module knows how an item of the site is cited: as a line of text, and as an entry for BibTeX."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from publishing.kinds import label_of

from . import dates


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
        "author": pgettext("between names", ", ").join(authors),
        "title": title,
        "kind": str(label_of(entry.kind)).lower(),
        "date": dates.as_known(entry.date, entry.precision)
        if entry.precision != "undated"
        else pgettext("date not recorded", "n.d."),
        "address": address,
    }
    return _("%(author)s, “%(title)s”, %(kind)s, %(date)s, %(address)s") % words


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
