"""This module knows how a document reads in one language of the site: an entry, not yet written.

Here every choice of language is made: an item without a French text stands in French lists in the
language it was written in, and says so. Everything that can be drawn at release is drawn here.
Not here: which entries there are, and when one replaces another (`entries.py`).
"""

import datetime as dt
from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from publishing.models import Entry
from publishing.text.cleaning import rich, to_plain
from publishing.text.normalise import mark_of
from publishing.text.stemming import searchable

# The list fragment of each section; what has no section (a situation, an alert) is drawn where it is shown.
FRAGMENTS = {
    "updates": "timeline/fragments/update.html",
    "news": "timeline/fragments/news.html",
    "stories": "timeline/fragments/story.html",
}


# --- Which language ---------------------------------------------------------------------------


def spoken_order(document, language):
    """The languages to try for a reader of `language`: theirs, that of the item, then as the site orders them."""
    site = [code for code, _label in settings.LANGUAGES]
    return list(dict.fromkeys([language, document.language, *site, *settings.SHIPPED_LANGUAGES]))


def choose(words, order):
    """The first text there is, and its language: `words` maps language to text."""
    for language in order:
        if words.get(language):
            return words[language], language
    return "", ""


def chosen_texts(document, language):
    """Field -> (text, language it stands in), each field for itself, empty ones left out."""
    order = spoken_order(document, language)
    chosen = {}
    for name in ("title", "subtitle", "summary", "body", "content_note"):
        text, spoken = choose({code: getattr(words, name) for code, words in document.texts.items()}, order)
        if text:
            chosen[name] = (text, spoken)
    return chosen


# By fallback the same text stands in several languages, one after the other: clean it once.
clean_body = lru_cache(maxsize=32)(rich)
bare = lru_cache(maxsize=32)(to_plain)


# --- One entry --------------------------------------------------------------------------------


def entry_of(release, document, *, language, number, first_public):
    """An unsaved `Entry`, complete but for its fragment."""
    texts = chosen_texts(document, language)
    facts = facts_in(document, language)
    entry = Entry(
        number=number,
        release=release,
        uid=release.uid,
        type=document.type,
        language=language,
        situation=document.situation,
        section=document.section,
        slug=document.slug,
        kind=document.kind,
        **when(document),
        text_language=texts.get("title", ("", document.language))[1],
        original_language=document.original.language if document.original else document.language,
        title=texts.get("title", ("", ""))[0],
        subtitle=texts.get("subtitle", ("", ""))[0],
        summary=texts.get("summary", ("", ""))[0],
        body=clean_body(texts.get("body", ("", ""))[0]),
        spoken={name: spoken for name, (_text, spoken) in texts.items()},
        facts=facts,
        **{f"in_{channel}": channel in document.channels for channel in ("newsletter", "feed", "card", "mirror")},
        first_public=first_public,
        changed=release.public_since,
        visible_from=release.visible_from,
        visible_until=dt.datetime.fromisoformat(document.until) if document.until else None,
    )
    entry.words = words_of(document) if language == settings.LANGUAGES[0][0] and document.section else ""
    return entry


def when(document):
    """The date columns: only what is recorded may be filtered by, so an undated item has no month and no year."""
    return {
        "date": document.date or dt.date.min.isoformat(),
        "precision": document.precision,
        "year": document.date[:4] if document.precision in {"day", "month", "year"} else "",
        "month": document.date[:7] if document.precision in {"day", "month"} else "",
    }


def facts_in(document, language):
    """Everything an item page shows besides the texts, resolved for readers of one language."""
    order = spoken_order(document, language)
    note, note_language = choose({code: text.content_note for code, text in document.texts.items()}, order)
    return {
        "url": document.url,
        "languages": document.languages,
        "content_note": {"text": note, "language": note_language} if note else None,
        "translator": document.texts[language].credit if language in document.texts else "",
        "original": original_of(document),
        "credits": [credit_in(credit, order) for credit in document.credits],
        "tags": [label_in(label, order) for label in document.tags],
        "pictures": [picture_in(picture, order) for picture in document.pictures],
        "attachments": [vars(attachment) for attachment in document.attachments],
        "corrections": [correction_in(correction, order) for correction in document.corrections],
        **{name: value for name, value in document.facts.items() if name != "words"},
        **{name: said(words, order) for name, words in document.facts.get("words", {}).items()},
    }


def said(words, order):
    text, language = choose(words, order)
    return {"text": text, "language": language}


def original_of(document):
    if document.original is None:
        return None
    return {**vars(document.original), "body": clean_body(document.original.body)}


def credit_in(credit, order):
    name, name_language = choose(credit.names, order)
    description, description_language = choose(credit.descriptions, order)
    return {
        "slug": credit.slug,
        "role": credit.role,
        "name": name,
        "name_language": name_language,
        "description": description,
        "description_language": description_language,
        "url": credit.url,
        "country": credit.country,
        "language": credit.language,
    }


def label_in(label, order):
    name, language = choose(label.names, order)
    return {"slug": label.slug, "name": name or label.slug, "language": language}


def picture_in(picture, order):
    alt, language = choose(picture.alt, order)
    shown = {name: value for name, value in vars(picture).items() if name != "alt"}
    return {**shown, "alt": "" if picture.decorative else alt, "alt_language": language}


def correction_in(correction, order):
    """`correction` is {"at": ISO date, "note": {language: text}}."""
    return {"at": correction["at"], "note": said(correction["note"], order)}


def words_of(document):
    """What a search may find, in all languages at once; kept once, with the entry in the first language of the site."""
    original = document.original
    titles = [(text.title, language) for language, text in document.texts.items()]
    leads = [(words, language) for language, text in document.texts.items() for words in (text.subtitle, text.summary)]
    bodies = [(bare(text.body), language) for language, text in document.texts.items()]
    if original:
        titles.append((original.title, original.language))
        bodies.append((bare(original.body), original.language))
    for named in (*document.credits, *document.tags):
        leads += [(name, language) for language, name in named.names.items()]
    return searchable(titles, leads, bodies, marks=marks_of(document))


def marks_of(document):
    """By what a search may be narrowed, besides words."""
    when_known = when(document)
    values = [
        ("situation", document.situation),
        ("section", document.section),
        ("kind", document.kind),
        ("in", document.original.language if document.original else document.language),
        ("year", when_known["year"]),
        ("month", when_known["month"]),
        *[("tag", tag.slug) for tag in document.tags],
        *[("partner", credit.slug) for credit in document.credits],
        *[("text", language) for language in spoken_in(document)],
    ]
    return dict.fromkeys(mark_of(facet, value) for facet, value in values if value)


def spoken_in(document):
    """The languages in which it can be read, the original of a testimony among them."""
    return [*document.languages, *([document.original.language] if document.original else [])]


def draw(entry):
    """The list fragment in the entry's language; a fragment has no sentence that depends on today."""
    template = FRAGMENTS.get(entry.section)
    if not template:
        return ""
    with translation.override(entry.language):
        return render_to_string(template, {"entry": entry})
