"""How an entry looks as data, each field declared once (`record_fields.py` knows how): in files and in the API.

Data goes the way of feeds: what a teller did not allow there is not in it.
"""

import datetime as dt
from typing import Annotated, Literal

from django.utils.feedgenerator import rfc3339_date
from django.utils.translation import gettext_lazy as _
from pydantic import AnyUrl, Field

from publishing.kinds import KINDS
from publishing.text.cleaning import convert_html_to_text
from publishing.text.date_words import format_iso_date, get_first_day, get_last_day
from timeline.search.facets import SECTIONS
from timeline.serving.item_numbers import get_short_path
from timeline.sharing.citations import compute_entry_checksum

from .record_fields import Column, EntryRecord, RowRecord, Source, build_record, from_facts, from_rows, get_columns

DATA_DEFERRED_FIELDS = ("words", "fragment")


def strip_markup(body):
    return convert_html_to_text(body) if body else ""


def join_names(rows):
    return "; ".join(row["name"] for row in rows if row["name"])


Language = Annotated[str, Field(description=_("BCP 47 code, such as be."))]
Number = Annotated[int, Source("number")]
PageUrl = Annotated[AnyUrl, Source(lambda entry, origin: origin + entry.get_absolute_url())]
FirstPublic = Annotated[dt.datetime, Source(lambda entry, _origin: rfc3339_date(entry.first_public))]
Changed = Annotated[dt.datetime, Source(lambda entry, _origin: rfc3339_date(entry.changed))]


# --- What is inside an entry ------------------------------------------------------------------


class Partner(RowRecord):
    slug: str | None
    role: Literal["source", "publisher", "signatory"]
    name: str | None
    description: str | None
    url: str | None
    country: str | None


class Tag(RowRecord):
    slug: str
    name: str


class AttachmentRecord(RowRecord):
    url: Annotated[AnyUrl, Source(lambda row, origin: f"{origin}/media/{row['name']}")]
    title: str
    language: Language
    size: int
    pages: int
    sha256: str


class Correction(RowRecord):
    date: Annotated[str, Source("at")]
    note: Annotated[str, Source(lambda row, _origin: row["note"]["text"])]


class Original(RowRecord):
    language: Language
    title: str
    body_html: Annotated[str | None, Source("body")]
    url: str | None
    summary: Annotated[str | None, Source(lambda row, _origin: row.get("summary"))]


# --- Entries and situations -------------------------------------------------------------------


class Entry(EntryRecord):
    id: Annotated[
        Number,
        Column("the number of the item, the same in all languages and for good; the item is `entry-ID` on the page"),
    ]
    url: Annotated[PageUrl, Column("its page")]
    short_url: Annotated[
        AnyUrl,
        Field(description=_("The permanent address, whatever happens to “url”: the one to cite.")),
        Source(lambda entry, origin: origin + get_short_path(entry)),
        Column("the address to cite: it stays when the page moves"),
    ]
    type: Annotated[Literal["update", "story"], Column("`update` or `story`")]
    section: Annotated[Literal[*SECTIONS], Column("`updates`, `stories` (testimonies) or `news` (published by others)")]
    situation: Annotated[str, Column("short name of the situation")]
    kind: Annotated[Literal[*KINDS], Column("`statement`, `report` and so on; `testimony`")]
    date: Annotated[
        str | None,
        Field(description=_("2020-08-14, 2020-08 or 2020: as much as is recorded.")),
        Source(lambda entry, _origin: format_iso_date(entry.date, entry.precision)),
        Column("as much of the date as is recorded: `2020-08-14`, `2020-08`, `2020`, or nothing"),
    ]
    date_precision: Annotated[
        Literal["day", "month", "year", "undated"], Source("precision"), Column("`day`, `month`, `year` or `undated`")
    ]
    date_from: Annotated[
        dt.date | None,
        Field(description=_("The first day that the date may mean; null if nothing is recorded.")),
        Source(lambda entry, _origin: get_first_day(entry.date, entry.precision)),
        Column("the first day that the date may mean, or nothing"),
    ]
    date_to: Annotated[
        dt.date | None,
        Field(description=_("The last day that the date may mean; null if nothing is recorded.")),
        Source(lambda entry, _origin: get_last_day(entry.date, entry.precision)),
        Column("the last day that the date may mean, or nothing"),
    ]
    sort_date: Annotated[
        dt.date | None,
        Field(description=_("The day by which lists are in order, whatever is recorded.")),
        Source(lambda entry, _origin: None if entry.date == dt.date.min else entry.date.isoformat()),
        Column("the day by which lists are in order, whatever is recorded"),
    ]
    language: Annotated[Language, Column("the language asked for")]
    text_language: Annotated[
        str,
        Field(description=_("The language of the title, where there is none in “language”.")),
        Column("the language of the title, where there is none in the language asked for"),
    ]
    original_language: Annotated[Language, Column("the language it was written or given in")]
    languages: Annotated[list[str], from_facts("languages")]
    content_note: Annotated[
        str | None,
        Source(lambda entry, _origin: (note := entry.content_note) and note["text"]),
        Column("what the text is about that may hurt to read"),
    ]
    title: Annotated[str | None, Column("as on the page")]
    subtitle: Annotated[str | None, Column("as on the page")]
    summary: Annotated[str | None, Column("as on the page")]
    body_html: Annotated[str | None, Source("body"), Column("the text without markup", name="text", cell=strip_markup)]
    original: Annotated[
        Original | None,
        Field(description=_("The original title and text, where they are in a language of their own.")),
        Source(lambda entry, origin: (row := entry.facts["original"]) and build_record(Original, row, origin=origin)),
        Column(
            "the title in the words in which it was given, of a testimony or in a language that the site does not have",
            name="original_title",
            cell=lambda original: original and original["title"],
            after="title",
        ),
        Column(
            "the text in the words in which it was given; cite these",
            name="original_text",
            cell=lambda original: original and strip_markup(original["body_html"]),
        ),
    ]
    translator: Annotated[str | None, from_facts("translator"), Column("who translated it")]
    outside_url: Annotated[str | None, from_facts("url"), Column("where it stands with its publisher", after="tags")]
    partners: Annotated[list[Partner], from_rows(Partner, "credits"), Column("names, parted by “; ”", cell=join_names)]
    tags: Annotated[list[Tag], from_rows(Tag, "tags"), Column("names, parted by “; ”", cell=join_names)]
    attachments: Annotated[list[AttachmentRecord], from_rows(AttachmentRecord, "attachments")]
    corrections: Annotated[list[Correction], from_rows(Correction, "corrections")]
    first_public: Annotated[FirstPublic, Column("when it first appeared on this site")]
    changed: Annotated[Changed, Column("when what is shown was published")]
    sha256: Annotated[
        str,
        Field(description=_("A checksum of title, subtitle, summary, body_html and both texts of the original.")),
        Source(lambda entry, _origin: compute_entry_checksum(entry)),
        Column("a sum over the words: the same as in a citation, as long as they are the same"),
    ]


class Situation(EntryRecord):
    id: Number
    url: PageUrl
    slug: str
    language: Language
    text_language: Language
    languages: Annotated[list[str], from_facts("languages")]
    title: str
    introduction: Annotated[str | None, Source("summary")]
    region: Annotated[str | None, Source(lambda entry, _origin: entry.facts["region"]["text"])]
    since: Annotated[str | None, from_facts("since")]
    until: Annotated[str | None, from_facts("until")]
    archived: Annotated[bool, from_facts("archived")]
    first_public: FirstPublic
    changed: Changed


# --- One line a record, for spreadsheets ------------------------------------------------------

EXPORT_COLUMNS = tuple(column.name or name for name, column in get_columns(Entry))


def build_export_row(record):
    """The record of an entry as one cell for each column: texts without markup, several names parted by “; ”."""
    cells = (column.cell(record[name]) for name, column in get_columns(Entry))
    return ["" if cell is None else cell for cell in cells]


def format_columns_table():
    """The table of docs/data.md."""
    rows = [f"| `{column.name or name}` | {column.meaning} |" for name, column in get_columns(Entry)]
    return "\n".join(["| column | is |", "|---|---|", *rows])
