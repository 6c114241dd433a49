"""What a page says of itself to browsers, search engines and those it is shared with: addresses, OpenGraph, JSON-LD.

Addresses are absolute here and nowhere else; on the onion host they never name the other one.
"""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from publishing.kinds import family_of
from publishing.text import to_plain

from . import dates
from .spoken import language_name

OPEN_GRAPH = {"en": "en_GB", "fr": "fr_FR", "es": "es_ES", "ru": "ru_RU", "be": "be_BY", "ar": "ar_AR"}
ARTICLES = {"evidence": "Report", "blog": "BlogPosting"}
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


# --- Pages of each sort -----------------------------------------------------------------------


def described_list(shown, place, *, before):
    path = shown.address(before=before).removeprefix(f"/{shown.language}/")
    crumbs = [(_("Situations"), "")]
    if place is None:
        title = _("All updates") if shown.is_empty else shown.words()
        return Described(title=title, path=path, type="CollectionPage", crumbs=crumbs)
    title = place.title if shown.is_empty else f"{place.title}: {shown.words()}"
    language = place.text_language if shown.is_empty and not before else ""
    return Described(
        title=title,
        path=path,
        description=place.summary if shown.is_empty else "",
        language=language,
        type="CollectionPage",
        crumbs=[*crumbs, (place.title, f"{place.slug}/")],
        image=card_picture(place),
    )


def path_of(entry):
    return entry.address_in("").removeprefix("//")


def crumbs_of(frame):
    return [(_("Situations"), ""), (frame.situation.title, f"{frame.situation.slug}/")]


def described_update(entry, frame):
    corrections = [
        {"@type": "CorrectionComment", "text": one["note"]["text"], "datePublished": one["at"]}
        for one in entry.facts["corrections"]
    ]
    facts = {
        "headline": entry.title,
        "datePublished": dates.in_data(entry.date, entry.precision),
        "dateModified": entry.changed.isoformat(timespec="seconds"),
        "correction": corrections,
        "author": {"@type": "Organization", "name": frame.name},
    }
    return Described(
        title=entry.title,
        path=path_of(entry),
        description=entry.summary or entry.subtitle or to_plain(entry.body)[:200],
        language=entry.text_language,
        type=ARTICLES.get(family_of(entry.kind), "NewsArticle"),
        facts={name: fact for name, fact in facts.items() if fact},
        crumbs=[*crumbs_of(frame), (entry.title, path_of(entry))],
        image=card_picture(entry),
    )


def described_story(entry, frame):
    """Nothing of what was told: titles of tabs, cards and histories are read over shoulders."""
    title = _("Testimony in %(language)s") % {"language": language_name(entry.original_language)}
    shown_in = entry.text_language if entry.title else entry.original_language
    return Described(
        title=title,
        path=path_of(entry),
        language=shown_in if shown_in in LANGUAGES else "",
        type="Article",
        facts={"headline": title},
        crumbs=crumbs_of(frame),
    )


def card_picture(entry):
    """The path of the picture that a shared link may show; none where a content note stands before it."""
    if not entry.in_card or entry.facts["content_note"]:
        return ""
    drawn = [one for picture in entry.facts["pictures"] for one in picture["renditions"] if one["type"] == "image/jpeg"]
    return settings.MEDIA_URL + drawn[-1]["name"] if drawn else ""
