"""This module knows how an item of the site is cited, in words and for programs, and how its address is passed on.

Every form names the address that stays, the day of the last change and a sum over the words, so that whoever
follows a citation later can tell whether the text is still the one that was cited.
"""

import datetime as dt
import re
from dataclasses import dataclass
from urllib.parse import quote

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from publishing.kinds import family_of, label_of
from publishing.text import date_words
from publishing.text.languages import isolated
from timeline.pages.numbers import short_path, spoken_by
from timeline.syndication.records import fingerprint

SHARED_ON = {
    "Telegram": "https://t.me/share/url?url={}",
    "WhatsApp": "https://wa.me/?text={}",
    "Bluesky": "https://bsky.app/intent/compose?text={}",
    "Facebook": "https://www.facebook.com/sharer/sharer.php?u={}",
}
ENDS_ITSELF = (".", "?", "!", "…", "؟", "。")
# Quotation marks of a title that stands between such marks itself.
INNER = {"en": str.maketrans("“”", "‘’"), **dict.fromkeys(["fr", "es", "ar"], str.maketrans("«»", "“”"))}
INNER |= dict.fromkeys(["ru", "be"], str.maketrans("«»", "„“"))


@dataclass(frozen=True)
class Source:
    """What every form of citation says of an item. `site` is who answers for the site, `sha256` that of the words.

    `key` is what programs call it, another one for each translation that has an address of its own.
    """

    key: str
    authors: list
    title: str
    kind: str
    family: str
    date: dt.date
    precision: str
    language: str
    site: str
    address: str
    changed: dt.date
    sha256: str

    @property
    def day(self):
        return date_words.in_data(self.date, self.precision)


@dataclass(frozen=True)
class Citation:
    """`styles` are (name, safe HTML), the one that human rights bodies use first; `references` are (name, path)."""

    address: str
    changed: dt.date
    sha256: str
    styles: list
    bibtex: str
    references: list

    @property
    def text(self) -> SafeString:
        return self.styles[0][1]


def cited(entry, *, by, origin):
    """The `Citation` of an entry in the active language; `by` is the organisation's name."""
    source = source_of(entry, by=by, origin=origin)
    references = [("RIS", "ris"), ("BibTeX", "bib")] if entry.number else []
    return Citation(
        address=source.address,
        changed=source.changed,
        sha256=source.sha256,
        styles=[(str(name), write(source)) for name, write in STYLES],
        bibtex=as_bibtex(source),
        references=[(name, f"/{entry.language}/e/{entry.number}.{form}") for name, form in references],
    )


def source_of(entry, *, by, origin):
    original = entry.facts["original"]
    shown = entry.language if entry.language in spoken_by(entry) else entry.text_language
    return Source(
        key="ohrm" + "".join(part for part in short_path(entry).split("/") if part != "e"),
        authors=authors_of(entry, by=by),
        title=original["title"] if original else entry.title,
        kind=str(label_of(entry.kind)),
        family=family_of(entry.kind),
        date=date_words.parsed(entry.date),
        precision=entry.precision,
        language=entry.original_language if original else shown,
        site=by,
        address=origin + short_path(entry),
        changed=timezone.localdate(entry.changed),
        sha256=fingerprint(entry),
    )


def authors_of(entry, *, by):
    """Who published it, or else the organisation, and all who signed with them."""
    names = {"first": [], "signatory": []}
    for credit in entry.facts["credits"]:
        names["signatory" if credit["role"] == "signatory" else "first"].append(credit["name"])
    return (list(filter(None, names["first"])) or [by]) + list(filter(None, names["signatory"]))


# --- In words ---------------------------------------------------------------------------------


def un_style(source):
    """A footnote as the United Nations Editorial Manual has it: of more than three authors the first alone."""
    author = names(source.authors, most=3, shown=1)
    words = {"title": quoted(source), "kind": uncapitalised(source.kind), "date": date_in_words(source)}
    words |= {"author": author, "address": ltr(source.address), "changed": date_words.day(source.changed)}
    said = format_html(_("{author}, “{title}”, {kind}, {date}"), **words)
    found = format_html(_("Available at {address} (last changed on {changed})"), **words)
    return sentences([said, found, sum_of(source)])


def chicago(source):
    """An entry of a bibliography (Chicago Manual of Style, 17th edition, 14.76 and 14.207)."""
    author = names(source.authors, most=10, shown=7, serial="," if get_language() == "en" else "")
    title = quoted(source)
    said = format_html(_("“{title}”") if ends_itself(title) else _("“{title}.”"), title=title)
    day, site = date_in_words(source, month_first=True), other_site(source)
    published = joined([*site, day if site or source.precision == "undated" else capfirst(day)])
    changed = _("Last modified {changed}").format(changed=spelt(source.changed, month_first=True))
    return sentences([author, said, source.kind, published, changed, ltr(source.address), sum_of(source)])


def apa(source):
    """An entry of a list of references (APA, 7th edition, 9.8 and 10.16); its address ends it, without a full stop."""
    author = sentences([with_ampersand(source.authors)])
    dated = format_html("{} ({})", author, year_first(source))
    said = format_html("<i>{}</i> [{}]", isolated(source.title), source.kind)
    changed = _("Last changed {changed}").format(changed=spelt(source.changed, month_first=True))
    words = sentences([dated, said, *other_site(source), changed, sum_of(source)])
    return format_html("{} {}", words, ltr(source.address))


STYLES = ((gettext_lazy("United Nations style"), un_style), ("Chicago", chicago), ("APA", apa))


def names(authors, *, most, shown, serial=""):
    """“A, B and C”; of more than `most` the first `shown` and “et al.”; `serial` stands before “and” from three on."""
    alone = [isolated(name) for name in authors]
    if len(alone) > most:
        some = format_html("{}{}", joined(alone[:shown]), serial if shown > 1 else "")
        return format_html(_("{names} et al."), names=some)
    *first, last = alone
    if not first:
        return last
    both = _("%(first)s and %(last)s") % {"first": "{first}{serial}", "last": "{last}"}
    return format_html(both, first=joined(first), last=last, serial=serial if len(first) > 1 else "")


def with_ampersand(authors):
    """“A, B, & C”; of more than 20 the first 19, three dots, and the last."""
    *first, last = [isolated(name) for name in authors]
    comma = pgettext("between names", ", ")
    if not first:
        return last
    if len(first) > 19:
        return format_html("{}{}… {}", joined(first[:19]), comma, last)
    return format_html("{}{} &amp; {}", joined(first), comma.rstrip() if len(first) > 1 else "", last)


def quoted(source):
    """The title for the inside of quotation marks: without those that stand around it, its own made inner ones."""
    bare = re.sub(r"^[“«„]([^“«„”»]*)[”»“]$", r"\1", source.title)
    return isolated(bare.translate(INNER.get(get_language(), {})))


def joined(words):
    return format_html_join(pgettext("between names", ", "), "{}", ((word,) for word in words))


def other_site(source):
    """The site, where it is not named as the author already."""
    return [] if source.authors == [source.site] else [source.site]


def sum_of(source):
    return format_html("SHA-256: {}", ltr(source.sha256))


def ltr(words):
    return format_html('<bdi dir="ltr">{}</bdi>', words)


def sentences(said):
    """Each with a full stop, unless it ends with a mark of its own."""
    return format_html_join(" ", "{}{}", [(one, "" if ends_itself(one) else ".") for one in said])


def ends_itself(said):
    return re.sub(r"(</bdi>|[”»“])+$", "", str(said)).endswith(ENDS_ITSELF)


def uncapitalised(words):
    """For the middle of a line; a word that is written in capitals throughout stays: “UN submission”."""
    first = words.partition(" ")[0]
    return words if len(first) > 1 and first.isupper() else words[:1].lower() + words[1:]


# --- Days -------------------------------------------------------------------------------------


def date_in_words(source, *, month_first=False):
    if source.precision == "undated":
        return pgettext("date not recorded", "n.d.")
    if source.precision == "day":
        return spelt(source.date, month_first=month_first)
    return date_words.as_known(source.date, source.precision)


def spelt(day, *, month_first):
    """American styles put the month first, in English: “August 14, 2020”."""
    return date_words.put(day, "F j, Y") if month_first and get_language() == "en" else date_words.day(day)


def year_first(source):
    """“2020, August 14”, as far as the date is known."""
    if source.precision not in {"day", "month"}:
        return date_in_words(source)
    form = "F j" if get_language() == "en" else re.sub(r"( \\d\\e)? Y$", "", date_words.style().day)
    words = date_words.put(source.date, form if source.precision == "day" else "F")
    return joined([str(source.date.year), words])


# --- For programs -----------------------------------------------------------------------------

# What LaTeX reads as its own.
TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
# BibTeX counts braces whatever stands before them: one that is not closed would swallow the rest of the file.
TEX |= {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
TEX |= {letter: f"\\{letter}" for letter in "&%$#_"}
# How LaTeX (babel) calls a language; of another one it is told nothing, which it would complain of.
BABEL = {
    "ar": "arabic", "be": "belarusian", "en": "english", "es": "spanish", "fa": "persian", "fr": "french",
    "pl": "polish", "pt": "portuguese", "ru": "russian", "uk": "ukrainian",
}  # fmt: skip
# Types of RIS by family of kind; everything else is a page of the web.
RIS_TYPES = {"evidence": "RPRT", "blog": "BLOG"}


def as_bibtex(source):
    fields = {
        "author": " and ".join(f"{{{tex(name)}}}" for name in source.authors),
        "title": f"{{{tex(source.title)}}}",
        "date": source.day,
        "year": source.day[:4],
        "howpublished": tex(", ".join([source.kind, *other_site(source)])),
        "url": tex_address(source.address),
        "note": tex(change_in_words(source)),
        "langid": BABEL.get(source.language, ""),
    }
    lines = ",\n".join(f"  {name:12} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{source.key},\n{lines}\n}}"


def tex(text):
    return "".join(TEX.get(letter, letter) for letter in plain(text))


def tex_address(address):
    """Programs take an address as it is; only what would end the field is taken out."""
    return re.sub(r"[{}\\]", "", address)


def plain(text):
    """In one line and without control characters, as formats of lines need it."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u2028\u2029]", " ", text).split())


def change_in_words(source):
    return _("Last changed {changed}").format(changed=source.changed.isoformat()) + f". SHA-256: {source.sha256}."


def as_ris(source):
    """The file of one reference: two letters, two spaces, a dash a line, each ending with CRLF."""
    tags = [
        ("TY", RIS_TYPES.get(source.family, "ELEC")),
        *(("AU", name) for name in source.authors),
        ("TI", source.title),
        ("T2", "".join(other_site(source))),
        ("PB", source.site),
        ("M3", source.kind),
        ("PY", source.day[:4]),
        ("DA", ris_day(source.day)),
        ("LA", source.language),
        ("UR", source.address),
        ("N1", change_in_words(source)),
        ("ID", source.key),
    ]
    lines = [f"{tag}  - {plain(value)}" for tag, value in tags if value]
    return "".join(f"{line}\r\n" for line in [*lines, "ER  - "])


def ris_day(day):
    """YYYY/MM/DD/, what is not known left empty between its strokes."""
    year, month, date, *_rest = [*day.split("-"), "", ""]
    return f"{year}/{month}/{date}/" if year else ""


# --- Passing it on ----------------------------------------------------------------------------


def shared(address):
    """Plain links by which a reader may pass the address on; nothing is asked of anybody before."""
    links = [(name, form.format(quote(address, safe=""))) for name, form in SHARED_ON.items()]
    return {"share_by_mail": f"mailto:?body={quote(address, safe='')}", "share_links": links}
