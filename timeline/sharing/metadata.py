"""What a page says of itself to browsers, search engines and those it is shared with: addresses, OpenGraph, JSON-LD."""

import textwrap
from dataclasses import dataclass, field
from itertools import chain

from django.conf import settings
from django.utils.translation import gettext as _

from publishing.kinds import get_kind_family
from publishing.text import date_words
from publishing.text.cleaning import convert_html_to_text

from .card_drawing import CARD_HEIGHT, CARD_WIDTH
from .cards import build_card, describe_card, get_card_address, get_neutral_title
from .citations import get_authors

OPEN_GRAPH_LOCALES = {"en": "en_GB", "fr": "fr_FR", "es": "es_ES", "ru": "ru_RU", "be": "be_BY", "ar": "ar_AR"}
ARTICLE_TYPES = {"evidence": "Report", "blog": "BlogPosting"}
NON_ARTICLE_TYPES = {"WebPage", "AboutPage", "WebSite", "CollectionPage", "LiveBlogPosting"}
MAX_DESCRIPTION_LENGTH = 200  # letters of a text that stands for a summary where there is none
MAX_LIVE_UPDATES = 4  # updates that the timeline names to machines; all of them stand in its feed
LANGUAGE_CODES = [code for code, _label in settings.LANGUAGES]


@dataclass(frozen=True)
class PageMetadata:
    """`path` follows the language in the address, query included. `language` is the one it is shown in, where that
    is not the reader's. `shared_title` stands in cards where the title must not; `json_ld_facts` are schema.org's.
    `card` is the entry whose share picture stands for the page: None for the organisation's, "" for no picture.
    """

    title: str
    path: str = ""
    description: str = ""
    language: str = ""
    shared_title: str = ""
    type: str = "WebPage"
    json_ld_facts: dict = field(default_factory=dict)
    crumbs: list = field(default_factory=list)
    card: object = None

    def address(self, language, *, origin):
        return f"{origin}/{language}/{self.path}"


def build_head_context(page, *, origin, language, frame):
    """What the head of a page prints, by name."""
    canonical = page.address(page.language or language, origin=origin)
    picture = get_share_picture(page, origin=origin, frame=frame)
    moments = {} if page.type in NON_ARTICLE_TYPES else page.json_ld_facts
    return {
        "canonical": canonical,
        "alternates": [(code, page.address(code, origin=origin)) for code in LANGUAGE_CODES],
        "default": page.address(LANGUAGE_CODES[0], origin=origin) if page.path else f"{origin}/",
        "title": get_shared_title(page, frame),
        "description": page.description,
        "published": moments.get("datePublished", ""),
        "changed": moments.get("dateModified", ""),
        "open_graph_type": "website" if page.type in NON_ARTICLE_TYPES else "article",
        "locale": OPEN_GRAPH_LOCALES.get(page.language or language, ""),
        "picture": picture,
        "data": build_json_ld(page, picture, canonical=canonical, origin=origin, language=language, frame=frame),
    }


def get_shared_title(page, frame):
    """What the page is called away from the site; the first page is the site."""
    return frame.name if page.type == "WebSite" else page.shared_title or page.title or frame.name


def get_share_picture(page, *, origin, frame):
    """The share picture as {"url", "width", "height", "alt"}; None for a page without."""
    entry = frame.organisation if page.card is None else page.card
    path = get_card_address(entry) if entry else ""
    if not path:
        return None
    alt = describe_card(build_card(entry, name=frame.name, situation=frame.situation))
    return {"url": origin + path, "width": CARD_WIDTH, "height": CARD_HEIGHT, "alt": alt}


def build_json_ld(page, picture, *, canonical, origin, language, frame):
    """JSON-LD: the page, and the way to it."""
    publisher = {"@type": "Organization", "name": frame.name, "url": f"{origin}/{language}/"}
    this = {
        "@type": page.type,
        "url": canonical,
        "name": get_shared_title(page, frame),
        "description": page.description,
        "inLanguage": page.language or language,
        "publisher": publisher,
        "image": [picture["url"]] if picture else [],
        **page.json_ld_facts,
    }
    this["image"] += [origin + path for path in this.pop("pictures", [])]
    way = [
        {"@type": "ListItem", "position": place, "name": name, "item": f"{origin}/{language}/{path}"}
        for place, (name, path) in enumerate(page.crumbs, start=1)
    ]
    graph = [{name: fact for name, fact in this.items() if fact}]
    if way:
        graph.append({"@type": "BreadcrumbList", "itemListElement": way})
    return {"@context": "https://schema.org", "@graph": graph}


# --- Pages of each sort -----------------------------------------------------------------------


def build_list_metadata(words, place, *, before):
    """The list of a filter, by its `FilterWords`, or a page of it. A mark for what is new, or another order, makes no
    other list; the pages of each order are its own."""
    query_filter = words.query_filter
    list_itself = query_filter.changed(since=None) if before else query_filter.changed(since=None, order=None)
    path = list_itself.address(before=before).removeprefix(f"/{query_filter.language}/")
    if place is None:
        title = _("All updates") if query_filter.is_empty else words.describe()
        return PageMetadata(title=title, path=path, type="CollectionPage", crumbs=[(_("Situations"), "")])
    return PageMetadata(
        title=place.title if query_filter.is_empty else format_filtered_title(place.title, words),
        path=path,
        description=place.summary if query_filter.is_empty else "",
        type="CollectionPage",
        crumbs=build_breadcrumbs(place),
        card=place,
    )


def format_filtered_title(title, words):
    """“All Eyes on Belarus: Kind: Report”, by the `FilterWords` of the filter."""
    return _("%(facet)s: %(values)s") % {"facet": title, "values": words.describe()}


def build_timeline_metadata(place, groups, *, origin):
    """The page of a timeline as one article that goes on: what machines are told of its newest updates."""
    updates = list(chain.from_iterable(group.entries for group in groups))
    newest = [
        {
            "@type": "BlogPosting",
            "headline": entry.title_as_known,
            "url": origin + entry.get_absolute_url(),
            "datePublished": date_words.format_iso_date(entry.date, entry.precision),
        }
        for entry in updates[:MAX_LIVE_UPDATES]
    ]
    facts = {
        "headline": place.title,
        "coverageStartTime": place.facts["since"],
        "coverageEndTime": place.facts["until"],
        "dateModified": max(entry.changed for entry in updates).isoformat(timespec="seconds") if updates else "",
        "liveBlogUpdate": [{name: fact for name, fact in one.items() if fact} for one in newest],
    }
    return PageMetadata(
        title=place.title,
        path=f"{place.slug}/",
        description=place.summary,
        language=place.text_language,
        type="LiveBlogPosting",
        json_ld_facts=facts,
        crumbs=build_breadcrumbs(place),
        card=place,
    )


def get_unprefixed_path(entry):
    return entry.address_in("").removeprefix("//")


def build_breadcrumbs(place):
    return [(_("Situations"), ""), (place.title, f"{place.slug}/")]


def build_update_metadata(entry, frame):
    corrections = [describe_correction(one, is_held_back=entry.is_held_back) for one in entry.facts["corrections"]]
    facts = {
        "headline": entry.title_as_known,
        "datePublished": date_words.format_iso_date(entry.date, entry.precision),
        "dateModified": entry.changed.isoformat(timespec="seconds"),
        "correction": corrections,
        "author": [{"@type": "Organization", "name": name} for name in get_authors(entry, by=frame.name)],
        "isBasedOn": entry.facts["url"],
        "keywords": [tag["name"] for tag in entry.facts["tags"]],
        "pictures": get_picture_paths(entry),
        **describe_original(entry),
    }
    return PageMetadata(
        title=entry.title_as_known,
        path=get_unprefixed_path(entry),
        description=describe_content_note(entry) if entry.is_held_back else describe_text(entry),
        language=entry.text_language,
        type=ARTICLE_TYPES.get(get_kind_family(entry.kind), "NewsArticle"),
        json_ld_facts=facts,
        crumbs=[*build_breadcrumbs(frame.situation), (entry.title_as_known, get_unprefixed_path(entry))],
        card=entry,
    )


def describe_original(entry):
    """In which language an update was published, where that is none of the site: as schema.org says it."""
    original = entry.facts["original"]
    if not original:
        return {}
    work = {"@type": "CreativeWork", "name": original["title"], "inLanguage": original["language"]}
    return {"translationOfWork": work} if entry.title else {"inLanguage": original["language"]}


def build_story_metadata(entry, frame):
    """Nothing of what was told: titles of tabs, cards and histories are read over shoulders."""
    title = get_neutral_title(entry)
    shown_in = entry.text_language if entry.title else entry.original_language
    corrections = [describe_correction(one, is_held_back=True) for one in entry.facts["corrections"]]
    return PageMetadata(
        title=title,
        path=get_unprefixed_path(entry),
        language=shown_in if shown_in in LANGUAGE_CODES else "",
        type="Article",
        json_ld_facts={"headline": title, "correction": corrections},
        crumbs=build_breadcrumbs(frame.situation),
        card=entry,
    )


def describe_text(entry):
    return (
        entry.summary
        or entry.subtitle
        or textwrap.shorten(convert_html_to_text(entry.body), MAX_DESCRIPTION_LENGTH, placeholder=" …")
    )


def describe_content_note(entry):
    """The note in a sentence of ours, for where it stands alone; "" where there is none."""
    note = entry.content_note
    return _("Content note: %(note)s") % {"note": note["text"]} if note else ""


def describe_correction(correction, *, is_held_back):
    told = {} if is_held_back else {"text": correction["note"]["text"]}
    return {"@type": "CorrectionComment", **told, "datePublished": correction["at"]}


def get_picture_paths(entry):
    """The paths of the pictures that a search engine may show; none where a content note stands before them."""
    if not entry.in_card or entry.is_held_back:
        return []
    drawn = [one for picture in entry.facts["pictures"] for one in picture["renditions"] if one["type"] == "image/jpeg"]
    return [settings.MEDIA_URL + one["name"] for one in drawn[-1:]]
