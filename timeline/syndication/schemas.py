"""What the interface for programs promises: each parameter and each answer, as schemas; `records.py` has the records.

They describe and check nothing at work: `Filter` reads the parameters, and tests hold it to what is said here. The
description itself is generated from this and from the addresses in `api.py`.
"""

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from pydantic import AnyUrl, Field, create_model

from timeline.search.facets import FACETS, MAX_VALUES_PER_FACET
from timeline.search.filters import MAX_QUERY_LENGTH

from .record_fields import ApiSchema
from .records import Entry, Situation


class Entries(ApiSchema):
    results: list[Entry]
    next: AnyUrl | None
    count: int | None = Field(description=_("How many match; null where that is more than is counted."))


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
    changed_since=build_single_parameter(
        _("A day or a moment, such as 2020-08-14 or 2020-08-14T10:00:00Z: only what was published or changed since."),
        anyOf=[{"format": "date"}, {"format": "date-time"}, {"const": ""}],
    ),
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
