"""Every place where an item can appear, and the channel of consent that opens it.

Withdrawal, consent and leaks are tested by walking this list, and a test fails on a public address
that stands neither here nor under `WITHOUT_ITEMS`. Whoever adds a surface adds its row.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Surface:
    """`channel` is one of `document.CHANNELS`; `routes` are the URL patterns that show it, without the language."""

    name: str
    channel: str
    label: Promise
    routes: tuple


SURFACES = (
    Surface(
        "page",
        "site",
        _("its page, in every language"),
        (
            "<slug:situation>/updates/<slug:slug>/",
            "<slug:situation>/stories/<slug:slug>/",
            "safety/",
            "privacy/",
            "about/",
            "e/<int:number>",
        ),
    ),
    Surface("home", "site", _("the front page"), ("",)),
    Surface("timeline", "site", _("the timeline, its counts and its chart of months"), ("<slug:slug>/",)),
    Surface("search", "site", _("search"), ("search/",)),
    Surface(
        "feeds",
        "feed",
        _("feeds"),
        tuple(f"{place}feed.{form}" for place in ("search/", "<slug:situation>/") for form in ("atom", "rss", "json")),
    ),
    Surface(
        "exports",
        "feed",
        _("files to download"),
        (
            *(
                f"{place}export.{form}"
                for place in ("search/", "<slug:situation>/")
                for form in ("csv", "json", "xlsx")
            ),
            "e/<int:number>.ris",
            "e/<int:number>.bib",
        ),
    ),
    Surface("embed", "feed", _("the list embedded in other sites"), ("<slug:situation>/embed/",)),
    Surface(
        "api",
        "feed",
        _("the data interface"),
        ("api/v1/situations", "api/v1/entries", "api/v1/entries/<int:id>"),
    ),
    Surface("sitemap", "site", _("the sitemap"), ("sitemap.xml", "sitemap-<int:number>.xml")),
    Surface("media", "site", _("its pictures and files"), ("media/<str:name>",)),
    Surface(
        "editions",
        "newsletter",
        _("past editions of the newsletter, and e-mail not yet sent"),
        ("newsletter/archive/", "newsletter/archive/feed.atom", "newsletter/archive/<int:number>/"),
    ),
    Surface("mirror", "mirror", _("signed copies of the site"), ()),
    Surface("card", "card", _("previews when it is shared"), ("share/<int:number>-<str:language>.png",)),
)

WITHOUT_ITEMS = (
    "robots.txt",
    ".well-known/security.txt",
    "healthz",
    "readyz",
    "metrics",
    "api/",
    "api/v1/openapi.json",
    "api/v1/",
    "api/v1/<path:rest>",
    "colours-<int:number>.css",
    "newsletter/",
    "newsletter/check-inbox/",
    "newsletter/confirm/<str:token>/",
    "newsletter/preferences/<str:token>/",
    "newsletter/unsubscribe/<str:token>/",
    "newsletter/returns/",
    # A draft, for whoever holds the address and presses its button: `desk.reviewing.links` says when and for how long.
    "review/<str:token>/",
    "review/file/<str:ticket>/",
)
