"""What a page says of itself to browsers, search engines and those it is shared with: addresses, OpenGraph, JSON-LD.

Addresses are absolute here and nowhere else; on the onion host they never name the other one.
"""

from dataclasses import dataclass, field

from django.conf import settings

OPEN_GRAPH = {"en": "en_GB", "fr": "fr_FR", "es": "es_ES", "ru": "ru_RU", "be": "be_BY", "ar": "ar_AR"}
LANGUAGES = [code for code, _label in settings.LANGUAGES]


@dataclass(frozen=True)
class Described:
    """`path` follows the language in the address, query included. `language` is the one it is shown in, where that
    is not the reader's. `shared_title` stands in cards where the title must not. `facts` are those of schema.org.
    """

    title: str
    path: str = ""
    description: str = ""
    language: str = ""
    shared_title: str = ""
    type: str = "WebPage"
    facts: dict = field(default_factory=dict)
    crumbs: list = field(default_factory=list)
    image: str = ""

    def address(self, language, *, origin):
        return f"{origin}/{language}/{self.path}"


def origin_of(request):
    """Scheme and host for absolute addresses, without a slash at the end."""
    if settings.ONION_HOST and request.get_host() == settings.ONION_HOST:
        return f"http://{settings.ONION_HOST}"
    return settings.SITE_URL


def head_of(page, *, origin, language, frame):
    """What the head of a page prints, by name."""
    canonical = page.address(page.language or language, origin=origin)
    return {
        "canonical": canonical,
        "alternates": [(code, page.address(code, origin=origin)) for code in LANGUAGES],
        "default": page.address(LANGUAGES[0], origin=origin) if page.path else f"{origin}/",
        "title": page.shared_title or page.title or frame.name,
        "description": page.description,
        "open_graph_type": "website" if page.type in {"WebPage", "WebSite", "CollectionPage"} else "article",
        "locale": OPEN_GRAPH.get(page.language or language, ""),
        "image": origin + page.image if page.image else "",
        "data": structured(page, canonical=canonical, origin=origin, language=language, frame=frame),
    }


def structured(page, *, canonical, origin, language, frame):
    """JSON-LD: the page, and the way to it."""
    publisher = {"@type": "Organization", "name": frame.name, "url": f"{origin}/{language}/"}
    this = {
        "@type": page.type,
        "url": canonical,
        "name": page.shared_title or page.title or frame.name,
        "inLanguage": page.language or language,
        "publisher": publisher,
        **page.facts,
    }
    if page.description:
        this["description"] = page.description
    if page.image:
        this["image"] = origin + page.image
    way = [
        {"@type": "ListItem", "position": place, "name": name, "item": f"{origin}/{language}/{path}"}
        for place, (name, path) in enumerate(page.crumbs, start=1)
    ]
    graph = [this, {"@type": "BreadcrumbList", "itemListElement": way}] if way else [this]
    return {"@context": "https://schema.org", "@graph": graph}
