"""The one shape in which content leaves the desk.

A working copy makes a `Document`; a release keeps it as JSON; entries are written from it alone.
Nothing here knows the database. Texts are held per site language exactly as staff wrote them: which
one a reader sees where a language is missing is decided in `workflow/projection.py`.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field

CHANNELS = ("site", "newsletter", "feed", "card", "mirror")
TEXT_FIELDS = ("title", "subtitle", "summary", "body", "content_note", "credit")


@dataclass(frozen=True)
class Text:
    """What is written in one language; `credit` names the translator, `body` is safe HTML."""

    title: str = ""
    subtitle: str = ""
    summary: str = ""
    body: str = ""
    content_note: str = ""
    credit: str = ""


@dataclass(frozen=True)
class Original:
    """The words as they were given: one language of any ISO 639 code, never replaced by another."""

    language: str
    title: str
    body: str = ""
    url: str = ""
    summary: str = ""


@dataclass(frozen=True)
class Credit:
    """A partner as readers see it. `role` is "source", "publisher" or "signatory"."""

    slug: str
    role: str
    names: dict = field(default_factory=dict)
    descriptions: dict = field(default_factory=dict)
    url: str = ""
    country: str = ""
    language: str = ""


@dataclass(frozen=True)
class Label:
    """A tag: its slug, and its name per language."""

    slug: str
    names: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Picture:
    """A picture as `media/images.py` drew it: renditions are dicts of name, type, width, height, size."""

    renditions: list
    width: int
    height: int
    alt: dict = field(default_factory=dict)
    decorative: bool = False
    credit: str | dict = ""
    focus: list | None = None

    def get_credits(self, language):
        """Language -> words of the credit; `language` is that of the document."""
        return unpack_credit(self.credit, language)


def unpack_credit(credit, language):
    """Language -> words: one text alone is in the language of its document, as before credits had translations."""
    return credit if isinstance(credit, dict) else {language: credit} if credit else {}


@dataclass(frozen=True)
class AttachedFile:
    """A file to download: `size` in bytes, `sha256` of exactly the bytes that are served."""

    name: str
    title: str
    language: str
    size: int
    pages: int
    sha256: str


@dataclass(frozen=True)
class Document:
    """One publication, complete, in all its languages.

    `situation` and `slug` make the address; a site-wide publication has no situation. `date` is ISO
    and sorts; `precision` says how much of it may be shown. `facts` holds what only one type has.
    """

    type: str
    uid: str
    slug: str
    situation: str = ""
    section: str = ""
    kind: str = ""
    date: str = ""
    precision: str = "day"
    until: str = ""
    language: str = "en"
    texts: dict = field(default_factory=dict)
    original: Original | None = None
    url: str = ""
    credits: list = field(default_factory=list)
    tags: list = field(default_factory=list)
    pictures: list = field(default_factory=list)
    attachments: list = field(default_factory=list)
    channels: list = field(default_factory=lambda: list(CHANNELS))
    corrections: list = field(default_factory=list)
    facts: dict = field(default_factory=dict)

    def as_json(self):
        data = asdict(self)
        if data["original"] and not data["original"]["summary"]:
            # It came later: approvals of documents from before there was one still hold.
            del data["original"]["summary"]
        return data

    @classmethod
    def from_json(cls, data):
        nested = {
            "texts": {language: Text(**words) for language, words in data["texts"].items()},
            "original": Original(**data["original"]) if data["original"] else None,
            "credits": [Credit(**row) for row in data["credits"]],
            "tags": [Label(**row) for row in data["tags"]],
            "pictures": [Picture(**row) for row in data["pictures"]],
            "attachments": [AttachedFile(**row) for row in data["attachments"]],
        }
        return cls(**{**data, **nested})

    @property
    def languages(self):
        """The languages in which there is at least a title, the one it was written in first."""
        written = [language for language, text in self.texts.items() if text.title]
        return sorted(written, key=lambda language: language != self.language)

    def file_names(self):
        """Every stored file that goes out with this document."""
        drawn = [rendition["name"] for picture in self.pictures for rendition in picture.renditions]
        return drawn + [attachment.name for attachment in self.attachments]


def serialize_canonical_json(data):
    """The bytes that digests are taken over: JSON with sorted keys, UTF-8."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def compute_digest(data, *, salt=""):
    """SHA-256 as hex. With a salt that is later destroyed, a digest no longer confirms a guessed text."""
    return hashlib.sha256(salt.encode() + serialize_canonical_json(data)).hexdigest()
