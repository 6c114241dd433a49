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
from timeline.pages.views import public_page
from timeline.serving.caching import kept
from timeline.serving.frame import frame_for
from timeline.sharing.metadata import Described, origin_of

from .api import description
from .robots import wanted

# Path of the description -> what an example asks of it.
EXAMPLES = {
    "/entries": ["?kind=report&year=2020", "?q=torture&section=updates&text=own&language=fr"],
    "/entries/{id}": ["?language=ru"],
}
FIRST = ("Entry", "Situation")


@kept
@public_page
def manual(request):
    """The page in the frame of the site, in one language."""
    told, origin = description(origin=origin_of(request)), origin_of(request)
    about, schemas = str(told["info"]["description"]), told["components"]["schemas"]
    context = {
        "page": Described(title=_("The data interface"), path="api/", description=about),
        "frame": frame_for(get_language()),
        "about": about,
        "addresses": [address_of(path, get["get"], origin=origin) for path, get in told["paths"].items()],
        "records": [(name, list(fields_of(schemas[name]))) for name in sorted(schemas, key=in_order)],
        "description": f"{origin}/api/v1/openapi.json",
        "first_example": f"{origin}/api/v1/entries",
    }
    return render(request, "timeline/api.html", context)


@require_safe
def to_manual(request):
    """To the page in the reader's language, as their browser asks for it."""
    response = HttpResponseRedirect(f"/{wanted(request.headers.get('Accept-Language', ''))}/api/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def address_of(path, get, *, origin):
    """One address: what it answers, what it takes, how it is asked for."""
    shown = f"/api/v1{path}"
    return {
        "path": shown,
        "anchor": "at-" + quote(path.strip("/{}").replace("/{", "-"), safe="-."),
        "summary": get["summary"],
        "parameters": [
            (one["name"], one.get("description", ""), values_of(one["schema"])) for one in get["parameters"]
        ],
        "answers": [(status, one["description"]) for status, one in get["responses"].items()],
        "examples": [curl(origin + shown.format(id=example_number()) + query) for query in EXAMPLES.get(path, [""])],
    }


def curl(address):
    return f"curl '{address}'"


def example_number():
    """That of the newest item, so that the example can be tried."""
    newest = Entry.objects.public(channel="feed").exclude(section="").order_by("-number")
    return newest.values_list("number", flat=True).first() or 1


def in_order(name):
    """What there is to read, then what it is made of."""
    return (name not in FIRST, name)


def fields_of(schema):
    """(name, form, remark) of each field of a record."""
    for name, field in schema["properties"].items():
        yield name, form_of(field), field.get("description", "")


def form_of(schema):
    """The form of a value in the words of JSON: “string or null”, “array of Partner”."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(form_of(one) for one in schema["anyOf"])
    if schema["type"] == "array":
        return f"array: {form_of(schema['items'])}"
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return values_of(schema) or " | ".join(
        [*types[:1], *([schema["format"]] if "format" in schema else []), *types[1:]]
    )


def values_of(schema):
    """The values that are possible, where they are few."""
    return " | ".join(filter(None, schema.get("enum", [])))
