"""What the interface for programs promises, as OpenAPI 3.1: addresses, parameters, and each field of a record.

Data alone; `records.py` writes the records, and a test compares the two field by field.
"""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from publishing.kinds import KINDS

from .facets import FACETS, SECTIONS

TEXT = {"type": "string"}
TEXT_OR_NULL = {"type": ["string", "null"]}
NUMBER = {"type": "integer"}
MOMENT = {"type": "string", "format": "date-time"}
ADDRESS = {"type": "string", "format": "uri"}
LANGUAGE = {"type": "string", "description": _("BCP 47 code, such as be.")}
LANGUAGES = {"type": "array", "items": LANGUAGE}


def record(**properties):
    return {"type": "object", "required": list(properties), "properties": properties}


def listed(schema):
    return {"type": "array", "items": schema}


def named(name):
    return {"$ref": f"#/components/schemas/{name}"}


PARTNER = record(
    slug=TEXT_OR_NULL,
    role={"type": "string", "enum": ["source", "publisher", "signatory"]},
    name=TEXT_OR_NULL,
    description=TEXT_OR_NULL,
    url=TEXT_OR_NULL,
    country=TEXT_OR_NULL,
)
ATTACHMENT = record(url=ADDRESS, title=TEXT, language=LANGUAGE, size=NUMBER, pages=NUMBER, sha256=TEXT)
ORIGINAL = record(language=LANGUAGE, title=TEXT, body_html=TEXT_OR_NULL, url=TEXT_OR_NULL)
ENTRY = record(
    id=NUMBER,
    url=ADDRESS,
    short_url={**ADDRESS, "description": _("The address that stays whatever becomes of “url”: the one to cite.")},
    type={"type": "string", "enum": ["update", "story"]},
    section={"type": "string", "enum": list(SECTIONS)},
    situation=TEXT,
    kind={"type": "string", "enum": list(KINDS)},
    date={"type": ["string", "null"], "description": _("2020-08-14, 2020-08 or 2020: as much as is recorded.")},
    date_precision={"type": "string", "enum": ["day", "month", "year", "undated"]},
    language=LANGUAGE,
    text_language={"type": "string", "description": _("The language of the title, where there is none in “language”.")},
    original_language=LANGUAGE,
    languages=LANGUAGES,
    title=TEXT_OR_NULL,
    subtitle=TEXT_OR_NULL,
    summary=TEXT_OR_NULL,
    body_html=TEXT_OR_NULL,
    original={"anyOf": [named("Original"), {"type": "null"}], "description": _("A testimony as it was given.")},
    content_note=TEXT_OR_NULL,
    translator=TEXT_OR_NULL,
    outside_url=TEXT_OR_NULL,
    partners=listed(named("Partner")),
    tags=listed(record(slug=TEXT, name=TEXT)),
    attachments=listed(named("Attachment")),
    corrections=listed(record(date=TEXT, note=TEXT)),
    first_public=MOMENT,
    changed=MOMENT,
    sha256={
        "type": "string",
        "description": _("A sum over title, subtitle, summary, body_html and both texts of the original."),
    },
)
SITUATION = record(
    id=NUMBER,
    url=ADDRESS,
    slug=TEXT,
    language=LANGUAGE,
    text_language=LANGUAGE,
    languages=LANGUAGES,
    title=TEXT,
    introduction=TEXT_OR_NULL,
    region=TEXT_OR_NULL,
    since=TEXT_OR_NULL,
    until=TEXT_OR_NULL,
    archived={"type": "boolean"},
    first_public=MOMENT,
    changed=MOMENT,
)
SCHEMAS = {
    "Entry": ENTRY,
    "Situation": SITUATION,
    "Original": ORIGINAL,
    "Partner": PARTNER,
    "Attachment": ATTACHMENT,
    "Problem": record(detail=TEXT),
}
REMARKS = {
    "kind": _("One of the kinds of updates, or testimony."),
    "tag": _("The short name of a tag."),
    "partner": _("The short name of a partner."),
    "in": _("The original language: be."),
    "year": _("2020. What has no recorded year matches none."),
    "month": _("2020-08. What has no recorded month matches none."),
    "section": _("updates, stories or news."),
    "text": _("own: only what can be read in the language asked for."),
    "situation": _("The short name of a situation."),
}


def description(*, origin):
    """The whole document, in the active language."""
    language = query(
        "language", _("The language of the texts; without it %s.") % settings.LANGUAGE_CODE, site_language()
    )
    remark = str(_("The number of an item, as in a list."))
    number = {"name": "id", "in": "path", "required": True, "description": remark, "schema": NUMBER}
    return {
        "openapi": "3.1.0",
        "info": {"title": str(_("Updates and testimonies")), "version": "1", "description": str(ABOUT)},
        "servers": [{"url": f"{origin}/api/v1"}],
        "paths": {
            "/situations": get(_("All situations."), page_of("Situation"), [language]),
            "/entries": get(
                _("Updates, testimonies and other news, newest first."), page_of("Entry"), [language, *filters()]
            ),
            "/entries/{id}": get(_("One of them."), named("Entry"), [language, number], gone=True),
            "/openapi.json": get(_("This description."), {"type": "object"}, [language]),
        },
        "components": {"schemas": SCHEMAS},
    }


ABOUT = _(
    "Read-only and open to all. A filter that repeats means one of its values, different filters have all to be met. "
    "An unchanged answer costs nothing if its ETag is sent as If-None-Match."
)


def site_language():
    return {"type": "string", "enum": [code for code, _label in settings.LANGUAGES]}


def query(name, remark, schema):
    return {"name": name, "in": "query", "required": False, "description": str(remark), "schema": schema}


def filters():
    several = {"type": "array", "items": TEXT}
    yield query("q", _("Words that have to occur."), {"type": "string", "maxLength": 200})
    for name in FACETS:
        yield query(name, REMARKS[name], several)
    yield query("before", _("Leads to the next page; taken from “next” as it is."), TEXT)


def page_of(name):
    return record(results=listed(named(name)), next={"type": ["string", "null"], "format": "uri"})


def get(summary, schema, parameters, *, gone=False):
    """One address: what it takes and how it may answer."""
    answers = {"200": answer(_("Found."), schema), "304": {"description": str(_("Unchanged."))}}
    answers["400"] = answer(_("A parameter cannot be meant."), named("Problem"))
    if gone:
        answers["404"] = answer(_("There is nothing here."), named("Problem"))
        answers["410"] = answer(_("This was withdrawn."), named("Problem"))
    return {"get": {"summary": str(summary), "parameters": list(parameters), "responses": answers}}


def answer(remark, schema):
    return {"description": str(remark), "content": {"application/json": {"schema": schema}}}
