"""This module knows how an item of the site is cited, in words and for programs, and how its address is passed on.

Every form names the address that stays, the day of the last change and a sum over the words, so that whoever
follows a citation later can tell whether the text is still the one that was cited.
"""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from publishing.kinds import get_kind_family, get_kind_label
from publishing.text import date_words
from publishing.text.languages import isolate_bidi
from timeline.serving.item_numbers import get_item_languages, get_short_path

SHARE_TARGETS = {
    "Telegram": "https://t.me/share/url?url={}",
    "WhatsApp": "https://wa.me/?text={}",
    "Bluesky": "https://bsky.app/intent/compose?text={}",
    "Facebook": "https://www.facebook.com/sharer/sharer.php?u={}",
}
CLOSING_PUNCTUATION = (".", "?", "!", "…", "؟", "。")
# Quotation marks of a title that stands between such marks itself.
INNER_QUOTES = {"en": str.maketrans("“”", "‘’"), **dict.fromkeys(["fr", "es", "ar"], str.maketrans("«»", "“”"))}
INNER_QUOTES |= dict.fromkeys(["ru", "be"], str.maketrans("«»", "„“"))


@dataclass(frozen=True)
class CitationSource:
    """What every form of citation says of an item. `site` is who answers for the site, `sha256` that of the words.

    `key` is what programs call it, another one for each translation that has an address of its own.
    """

    key: str
    authors: list
    title: str
    title_language: str
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
        return date_words.format_iso_date(self.date, self.precision)


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


def build_citation(entry, *, by, origin):
    """The `Citation` of an entry in the active language; `by` is the organisation's name."""
    source = build_citation_source(entry, by=by, origin=origin)
    references = [("RIS", "ris"), ("BibTeX", "bib")] if entry.number and entry.in_feed else []
    return Citation(
        address=source.address,
        changed=source.changed,
        sha256=source.sha256,
        styles=[(str(name), write(source)) for name, write in CITATION_STYLES],
        bibtex=render_bibtex(source),
        references=[(name, f"/{entry.language}/e/{entry.number}.{form}") for name, form in references],
    )


def build_citation_source(entry, *, by, origin):
    original = entry.facts["original"]
    shown = entry.language if entry.language in get_item_languages(entry) else entry.text_language
    return CitationSource(
        key="ohrm" + "".join(part for part in get_short_path(entry).split("/") if part != "e"),
        authors=get_authors(entry, by=by),
        title=original["title"] if original else entry.title,
        title_language=entry.original_language if original else entry.title_language,
        kind=str(get_kind_label(entry.kind)),
        family=get_kind_family(entry.kind),
        date=date_words.to_date(entry.date),
        precision=entry.precision,
        language=entry.original_language if original else shown,
        site=by,
        address=origin + get_short_path(entry),
        changed=timezone.localdate(entry.changed),
        sha256=compute_entry_checksum(entry),
    )


def compute_entry_checksum(entry):
    """SHA-256 over the words as the record holds them, so that anybody can take it too; docs/data.md says how."""
    original = entry.facts["original"] or {}
    words = [entry.title, entry.subtitle, entry.summary, entry.body, original.get("title"), original.get("body")]
    words += [original["summary"]] if original.get("summary") else []
    return hashlib.sha256("\n".join(text or "" for text in words).encode()).hexdigest()


def get_authors(entry, *, by):
    """Who published it, or else the organisation, and all who signed with them."""
    names = {"first": [], "signatory": []}
    for credit in entry.facts["credits"]:
        names["signatory" if credit["role"] == "signatory" else "first"].append(credit["name"])
    return (list(filter(None, names["first"])) or [by]) + list(filter(None, names["signatory"]))


# --- In words ---------------------------------------------------------------------------------


def format_un_style(source):
    """A footnote as the United Nations Editorial Manual has it: of more than three authors the first alone."""
    author = format_authors(source.authors, most=3, shown=1)
    words = {"title": quote_title(source), "kind": uncapitalise(source.kind), "date": format_source_date(source)}
    words |= {"author": author, "address": wrap_ltr(source.address), "changed": date_words.format_day(source.changed)}
    said = format_html(_("{author}, “{title}”, {kind}, {date}"), **words)
    found = format_html(_("Available at {address} (last changed on {changed})"), **words)
    return join_sentences([said, found, format_checksum(source)])


def format_chicago(source):
    """An entry of a bibliography (Chicago Manual of Style, 17th edition, 14.76 and 14.207)."""
    author = format_authors(source.authors, most=10, shown=7, serial="," if get_language() == "en" else "")
    title = quote_title(source)
    said = format_html(_("“{title}”") if has_closing_punctuation(title) else _("“{title}.”"), title=title)
    day, site = format_source_date(source, month_first=True), get_other_site(source)
    published = join_names([*site, day if site or source.precision == "undated" else capfirst(day)])
    changed = _("Last modified {changed}").format(changed=format_citation_day(source.changed, month_first=True))
    return join_sentences(
        [author, said, source.kind, published, changed, wrap_ltr(source.address), format_checksum(source)]
    )


def format_apa(source):
    """An entry of a list of references (APA, 7th edition, 9.8 and 10.16); its address ends it, without a full stop."""
    author = join_sentences([format_authors_with_ampersand(source.authors)])
    dated = format_html("{} ({})", author, format_year_first(source))
    said = format_html("<i>{}</i> [{}]", isolate_bidi(source.title, source.title_language), source.kind)
    changed = _("Last changed {changed}").format(changed=format_citation_day(source.changed, month_first=True))
    words = join_sentences([dated, said, *get_other_site(source), changed, format_checksum(source)])
    return format_html("{} {}", words, wrap_ltr(source.address))


CITATION_STYLES = (
    (gettext_lazy("United Nations style"), format_un_style),
    ("Chicago", format_chicago),
    ("APA", format_apa),
)


def format_authors(authors, *, most, shown, serial=""):
    """“A, B and C”; of more than `most` the first `shown` and “et al.”; `serial` stands before “and” from three on."""
    alone = [isolate_bidi(name) for name in authors]
    if len(alone) > most:
        some = format_html("{}{}", join_names(alone[:shown]), serial if shown > 1 else "")
        return format_html(_("{names} et al."), names=some)
    *first, last = alone
    if not first:
        return last
    both = _("%(first)s and %(last)s") % {"first": "{first}{serial}", "last": "{last}"}
    return format_html(both, first=join_names(first), last=last, serial=serial if len(first) > 1 else "")


def format_authors_with_ampersand(authors):
    """“A, B, & C”; of more than 20 the first 19, three dots, and the last."""
    *first, last = [isolate_bidi(name) for name in authors]
    comma = pgettext("between names", ", ")
    if not first:
        return last
    if len(first) > 19:
        return format_html("{}{}… {}", join_names(first[:19]), comma, last)
    return format_html("{}{} &amp; {}", join_names(first), comma.rstrip() if len(first) > 1 else "", last)


def quote_title(source):
    """The title for the inside of quotation marks: without those that stand around it, its own made inner ones."""
    bare = re.sub(r"^[“«„]([^“«„”»]*)[”»“]$", r"\1", source.title)
    return isolate_bidi(bare.translate(INNER_QUOTES.get(get_language(), {})), source.title_language)


def join_names(words):
    return format_html_join(pgettext("between names", ", "), "{}", ((word,) for word in words))


def get_other_site(source):
    """The site, where it is not named as the author already."""
    return [] if source.authors == [source.site] else [source.site]


def format_checksum(source):
    return format_html("SHA-256: {}", wrap_ltr(source.sha256))


def wrap_ltr(words):
    return format_html('<bdi dir="ltr">{}</bdi>', words)


def join_sentences(said):
    """Each with a full stop, unless it ends with a mark of its own."""
    return format_html_join(" ", "{}{}", [(one, "" if has_closing_punctuation(one) else ".") for one in said])


def has_closing_punctuation(said):
    return re.sub(r"(</bdi>|[”»“])+$", "", str(said)).endswith(CLOSING_PUNCTUATION)


def uncapitalise(words):
    """For the middle of a line; a word that is written in capitals throughout stays: “UN submission”."""
    first = words.partition(" ")[0]
    return words if len(first) > 1 and first.isupper() else words[:1].lower() + words[1:]


# --- Days -------------------------------------------------------------------------------------


def format_source_date(source, *, month_first=False):
    if source.precision == "undated":
        return pgettext("date not recorded", "n.d.")
    if source.precision == "day":
        return format_citation_day(source.date, month_first=month_first)
    return date_words.format_known_date(source.date, source.precision)


def format_citation_day(day, *, month_first):
    """American styles put the month first, in English: “August 14, 2020”."""
    return (
        date_words.format_date(day, "F j, Y") if month_first and get_language() == "en" else date_words.format_day(day)
    )


def format_year_first(source):
    """“2020, August 14”, as far as the date is known."""
    if source.precision not in {"day", "month"}:
        return format_source_date(source)
    form = "F j" if get_language() == "en" else re.sub(r"( \\d\\e)? Y$", "", date_words.get_date_style().day)
    words = date_words.format_date(source.date, form if source.precision == "day" else "F")
    return join_names([str(source.date.year), words])


# --- For programs -----------------------------------------------------------------------------

# What LaTeX reads as its own.
TEX_ESCAPES = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
# BibTeX counts braces whatever stands before them: one that is not closed would swallow the rest of the file.
TEX_ESCAPES |= {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
TEX_ESCAPES |= {letter: f"\\{letter}" for letter in "&%$#_"}
# How LaTeX (babel) calls a language; of another one it is told nothing, which it would complain of.
BABEL_LANGUAGES = {
    "ar": "arabic", "be": "belarusian", "en": "english", "es": "spanish", "fa": "persian", "fr": "french",
    "pl": "polish", "pt": "portuguese", "ru": "russian", "uk": "ukrainian",
}  # fmt: skip
# Types of RIS by family of kind; everything else is a page of the web.
RIS_TYPES = {"evidence": "RPRT", "blog": "BLOG"}


def render_bibtex(source):
    fields = {
        "author": " and ".join(f"{{{escape_tex(name)}}}" for name in source.authors),
        "title": f"{{{escape_tex(source.title)}}}",
        "date": source.day,
        "year": source.day[:4],
        "howpublished": escape_tex(", ".join([source.kind, *get_other_site(source)])),
        "url": clean_tex_address(source.address),
        "note": escape_tex(format_change_note(source)),
        "langid": BABEL_LANGUAGES.get(source.language, ""),
    }
    lines = ",\n".join(f"  {name:12} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{source.key},\n{lines}\n}}"


def escape_tex(text):
    return "".join(TEX_ESCAPES.get(letter, letter) for letter in to_single_line(text))


def clean_tex_address(address):
    """Programs take an address as it is; only what would end the field is taken out."""
    return re.sub(r"[{}\\]", "", address)


def to_single_line(text):
    """In one line and without control characters, as formats of lines need it."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u2028\u2029]", " ", text).split())


def format_change_note(source):
    return _("Last changed {changed}").format(changed=source.changed.isoformat()) + f". SHA-256: {source.sha256}."


def render_ris(source):
    """The file of one reference: two letters, two spaces, a dash a line, each ending with CRLF."""
    tags = [
        ("TY", RIS_TYPES.get(source.family, "ELEC")),
        *(("AU", name) for name in source.authors),
        ("TI", source.title),
        ("T2", "".join(get_other_site(source))),
        ("PB", source.site),
        ("M3", source.kind),
        ("PY", source.day[:4]),
        ("DA", format_ris_date(source.day)),
        ("LA", source.language),
        ("UR", source.address),
        ("N1", format_change_note(source)),
        ("ID", source.key),
    ]
    lines = [f"{tag}  - {to_single_line(value)}" for tag, value in tags if value]
    return "".join(f"{line}\r\n" for line in [*lines, "ER  - "])


def format_ris_date(day):
    """YYYY/MM/DD/, what is not known left empty between its strokes."""
    year, month, date, *_rest = [*day.split("-"), "", ""]
    return f"{year}/{month}/{date}/" if year else ""


# --- Passing it on ----------------------------------------------------------------------------


def build_share_links(address):
    """Plain links by which a reader may pass the address on; nothing is asked of anybody before."""
    links = [(name, form.format(quote(address, safe=""))) for name, form in SHARE_TARGETS.items()]
    return {"share_by_mail": f"mailto:?body={quote(address, safe='')}", "share_links": links}
