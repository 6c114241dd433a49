"""The page that explains the interface for programs to people, read from its own description (`api.py`).

What the description says of an address, a parameter or a field is said here; what it does not say is not.
"""

from urllib.parse import quote

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from publishing.models import Entry
from timeline.pages.decorators import public_page
from timeline.pages.views import get_preferred_language
from timeline.serving.caching import cache_public_page
from timeline.serving.origin import get_origin
from timeline.serving.page_frame import get_frame
from timeline.sharing.metadata import PageMetadata

from .api import build_openapi_description

# Path of the description -> what an example asks of it.
EXAMPLE_QUERIES = {
    "/entries": ["?kind=report&year=2020", "?q=torture&section=updates&text=own&language=fr"],
    "/entries/{id}": ["?language=ru"],
}
FIRST_SCHEMAS = ("Entry", "Situation")


@cache_public_page
@public_page
def api_manual(request):
    """The page in the frame of the site, in one language."""
    told, origin = build_openapi_description(origin=get_origin(request)), get_origin(request)
    about, schemas = str(told["info"]["description"]), told["components"]["schemas"]
    context = {
        "page": PageMetadata(title=_("The data interface"), path="api/", description=about),
        "frame": get_frame(get_language()),
        "about": about,
        "addresses": [describe_address(path, get["get"], origin=origin) for path, get in told["paths"].items()],
        "records": [
            (name, list(list_schema_fields(schemas[name]))) for name in sorted(schemas, key=get_schema_sort_key)
        ],
        "description": f"{origin}/api/v1/openapi.json",
        "first_example": f"{origin}/api/v1/entries",
    }
    return render(request, "timeline/api.html", context)


@require_safe
def redirect_to_manual(request):
    """To the page in the reader's language, as their browser asks for it."""
    response = HttpResponseRedirect(f"/{get_preferred_language(request.headers.get('Accept-Language', ''))}/api/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def describe_address(path, get, *, origin):
    """One address: what it answers, what it takes, how it is asked for."""
    shown = f"/api/v1{path}"
    return {
        "path": shown,
        "anchor": "at-" + quote(path.strip("/{}").replace("/{", "-"), safe="-."),
        "summary": get["summary"],
        "parameters": [
            (one["name"], one.get("description", ""), format_schema_values(one["schema"])) for one in get["parameters"]
        ],
        "answers": [(status, one["description"]) for status, one in get["responses"].items()],
        "examples": [
            format_curl(origin + shown.format(id=get_example_number()) + query)
            for query in EXAMPLE_QUERIES.get(path, [""])
        ],
    }


def format_curl(address):
    return f"curl '{address}'"


def get_example_number():
    """That of the newest item, so that the example can be tried."""
    newest = Entry.objects.public(channel="feed").exclude(section="").order_by("-number")
    return newest.values_list("number", flat=True).first() or 1


def get_schema_sort_key(name):
    """What there is to read, then what it is made of."""
    return (name not in FIRST_SCHEMAS, name)


def list_schema_fields(schema):
    """(name, form, remark) of each field of a record."""
    for name, field in schema["properties"].items():
        yield name, format_schema_type(field), field.get("description", "")


def format_schema_type(schema):
    """The form of a value in the words of JSON: “string or null”, “array of Partner”."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(format_schema_type(one) for one in schema["anyOf"])
    if schema["type"] == "array":
        return f"array: {format_schema_type(schema['items'])}"
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return format_schema_values(schema) or " | ".join(
        [*types[:1], *([schema["format"]] if "format" in schema else []), *types[1:]]
    )


def format_schema_values(schema):
    """The values that are possible, where they are few."""
    return " | ".join(filter(None, schema.get("enum", [])))
