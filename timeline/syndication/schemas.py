"""What the interface for programs promises: each field of a record, each parameter, each answer, as schemas.

They describe and check nothing at work: `records.py` writes the records, `Filter` reads the parameters, and tests
hold both to what is said here. The description itself is generated from this and from the addresses in `api.py`.
"""

import datetime as dt
from typing import Literal

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import AnyUrl, ConfigDict, Field, create_model

from publishing.kinds import KINDS
from timeline.search.facets import FACETS, MAX_VALUES_PER_FACET, SECTIONS
from timeline.search.filters import MAX_QUERY_LENGTH


def remove_field_titles(schema):
    """Words made of the names of fields say nothing, and are in no language."""
    for field in schema["properties"].values():
        field.pop("title", None)


class ApiSchema(Schema):
    model_config = ConfigDict(json_schema_extra=remove_field_titles)


# --- Records ----------------------------------------------------------------------------------

LANGUAGE_FIELD = Field(description=_("BCP 47 code, such as be."))


class Partner(ApiSchema):
    slug: str | None
    role: Literal["source", "publisher", "signatory"]
    name: str | None
    description: str | None
    url: str | None
    country: str | None


class Tag(ApiSchema):
    slug: str
    name: str


class AttachmentRecord(ApiSchema):
    url: AnyUrl
    title: str
    language: str = LANGUAGE_FIELD
    size: int
    pages: int
    sha256: str


class Correction(ApiSchema):
    date: str
    note: str


class Original(ApiSchema):
    language: str = LANGUAGE_FIELD
    title: str
    body_html: str | None
    url: str | None


class Entry(ApiSchema):
    id: int
    url: AnyUrl
    short_url: AnyUrl = Field(description=_("The permanent address, whatever happens to “url”: the one to cite."))
    type: Literal["update", "story"]
    section: Literal[*SECTIONS]
    situation: str
    kind: Literal[*KINDS]
    date: str | None = Field(description=_("2020-08-14, 2020-08 or 2020: as much as is recorded."))
    date_precision: Literal["day", "month", "year", "undated"]
    language: str = LANGUAGE_FIELD
    text_language: str = Field(description=_("The language of the title, where there is none in “language”."))
    original_language: str = LANGUAGE_FIELD
    languages: list[str]
    title: str | None
    subtitle: str | None
    summary: str | None
    body_html: str | None
    original: Original | None = Field(description=_("A testimony as it was given."))
    content_note: str | None
    translator: str | None
    outside_url: str | None
    partners: list[Partner]
    tags: list[Tag]
    attachments: list[AttachmentRecord]
    corrections: list[Correction]
    first_public: dt.datetime
    changed: dt.datetime
    sha256: str = Field(
        description=_("A checksum of title, subtitle, summary, body_html and both texts of the original.")
    )


class Situation(ApiSchema):
    id: int
    url: AnyUrl
    slug: str
    language: str = LANGUAGE_FIELD
    text_language: str = LANGUAGE_FIELD
    languages: list[str]
    title: str
    introduction: str | None
    region: str | None
    since: str | None
    until: str | None
    archived: bool
    first_public: dt.datetime
    changed: dt.datetime


class Entries(ApiSchema):
    results: list[Entry]
    next: AnyUrl | None


class Situations(ApiSchema):
    results: list[Situation]
    next: AnyUrl | None


class Problem(ApiSchema):
    detail: str


# --- Parameters -------------------------------------------------------------------------------

# Their forms are told, not enforced here: what is wrong with a value is for `Filter` to say, as it does on the pages.
# What is left empty asks for nothing, so that a form can be sent as it is.
NO_CONTROL_PATTERN = r"^[^\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]*$"
PARAMETER_DESCRIPTIONS = {
    "kind": _("One of the kinds of updates, or testimony."),
    "tag": _("The short name of a tag."),
    "partner": _("The short name of a partner."),
    "in": _("The original language: be."),
    "year": _("2020. Items without a recorded year match none."),
    "month": _("2020-08. Items without a recorded month match none."),
    "section": _("updates, stories or news."),
    "text": _("own: only what can be read in the language asked for."),
    "situation": _("The short name of a situation."),
}


def build_single_parameter(remark, **form):
    return (str, Field(default_factory=str, description=remark, json_schema_extra=form))


def build_repeated_parameter(facet):
    form = {"items": {"type": "string", "pattern": f"^({facet.form})?$"}, "maxItems": MAX_VALUES_PER_FACET}
    return (
        list[str],
        Field(default_factory=list, description=PARAMETER_DESCRIPTIONS[facet.name], json_schema_extra=form),
    )


class LanguageQuery(ApiSchema):
    language: str = Field(
        settings.LANGUAGE_CODE,
        description=lazy(lambda: _("The language of the texts; without it %s.") % settings.LANGUAGE_CODE, str)(),
        json_schema_extra={"enum": [*dict(settings.LANGUAGES), ""]},
    )


EntriesQuery = create_model(
    "EntriesQuery",
    __base__=LanguageQuery,
    q=build_single_parameter(_("Words that must occur."), maxLength=MAX_QUERY_LENGTH, pattern=NO_CONTROL_PATTERN),
    **{name: build_repeated_parameter(facet) for name, facet in FACETS.items()},
    since=build_single_parameter(
        _("A day, such as 2020-08-14. Pages mark what is new since; here it changes nothing."),
        anyOf=[{"format": "date"}, {"const": ""}],
    ),
    order=build_single_parameter(_("Newest first"), enum=["date", ""]),
    before=build_single_parameter(_("Leads to the next page; taken from “next” as it is.")),
)
PARAMETER_SCHEMAS = (LanguageQuery, EntriesQuery)


# --- Answers ----------------------------------------------------------------------------------

API_DESCRIPTION = _(
    "Read-only and open to all. A repeated filter matches any of its values; different filters must all match. An "
    "unchanged answer costs nothing if its ETag is sent as If-None-Match."
)
RESPONSE_DESCRIPTIONS = {
    200: _("Found."),
    304: _("Unchanged."),
    400: _("A parameter is not valid."),
    404: _("There is nothing here."),
    410: _("This was withdrawn."),
}


def build_responses(schema, *problems):
    """What an operation is registered with: how it may answer, each answer with its words."""
    forms = {200: schema, 304: None, **dict.fromkeys((400, *problems), Problem)}
    words = {status: {"description": RESPONSE_DESCRIPTIONS[status]} for status in forms}
    return {"response": forms, "openapi_extra": {"responses": words}}
