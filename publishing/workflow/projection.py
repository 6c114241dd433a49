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
from publishing.text.cleaning import clean_html, convert_html_to_text
from publishing.text.normalise import build_facet_token
from publishing.text.stemming import build_search_text

# The list fragment of each section; what has no section (a situation, an alert) is drawn where it is shown.
FRAGMENT_TEMPLATES = {
    "updates": "timeline/fragments/update.html",
    "news": "timeline/fragments/news.html",
    "stories": "timeline/fragments/story.html",
}


# --- Which language ---------------------------------------------------------------------------


def get_language_order(document, language):
    """The languages to try for a reader of `language`: theirs, that of the item, then as the site orders them."""
    site = [code for code, _label in settings.LANGUAGES]
    return list(dict.fromkeys([language, document.language, *site, *settings.SHIPPED_LANGUAGES]))


def choose_text(words, order):
    """The first text there is, and its language: `words` maps language to text."""
    for language in order:
        if words.get(language):
            return words[language], language
    return "", ""


def choose_texts(document, language):
    """Field -> (text, language it stands in), each field for itself, empty ones left out."""
    order = get_language_order(document, language)
    chosen = {}
    for name in ("title", "subtitle", "summary", "body", "content_note"):
        text, spoken = choose_text({code: getattr(words, name) for code, words in document.texts.items()}, order)
        if text:
            chosen[name] = (text, spoken)
    return chosen


# By fallback the same text stands in several languages, one after the other: clean it once.
clean_body = lru_cache(maxsize=32)(clean_html)
convert_body_to_text = lru_cache(maxsize=32)(convert_html_to_text)


# --- One entry --------------------------------------------------------------------------------


def build_entry(release, document, *, language, planned):
    """An unsaved `Entry`, complete but for its fragment; `planned` are the columns that its schedule decides."""
    texts = choose_texts(document, language)
    facts = build_facts(document, language)
    entry = Entry(
        release=release,
        uid=release.uid,
        type=document.type,
        language=language,
        situation=document.situation,
        section=document.section,
        slug=document.slug,
        kind=document.kind,
        **build_date_fields(document),
        text_language=texts.get("title", ("", document.language))[1],
        original_language=document.original.language if document.original else document.language,
        title=texts.get("title", ("", ""))[0],
        subtitle=texts.get("subtitle", ("", ""))[0],
        summary=texts.get("summary", ("", ""))[0],
        body=clean_body(texts.get("body", ("", ""))[0]),
        spoken={name: spoken for name, (_text, spoken) in texts.items()},
        facts=facts,
        **planned,
    )
    entry.words = build_search_words(document) if language == settings.LANGUAGES[0][0] and document.section else ""
    return entry


def build_channel_fields(channels):
    """The columns that say where besides the site an entry may appear."""
    return {f"in_{channel}": channel in channels for channel in ("newsletter", "feed", "card", "mirror")}


def build_date_fields(document):
    """The date columns: only what is recorded may be filtered by, so an undated item has no month and no year."""
    return {
        "date": document.date or dt.date.min.isoformat(),
        "precision": document.precision,
        "year": document.date[:4] if document.precision in {"day", "month", "year"} else "",
        "month": document.date[:7] if document.precision in {"day", "month"} else "",
    }


def build_facts(document, language):
    """Everything an item page shows besides the texts, resolved for readers of one language."""
    order = get_language_order(document, language)
    note, note_language = choose_text({code: text.content_note for code, text in document.texts.items()}, order)
    return {
        "url": document.url,
        "languages": document.languages,
        "content_note": {"text": note, "language": note_language} if note else None,
        "translator": document.texts[language].credit if language in document.texts else "",
        "original": build_original_fact(document),
        "credits": [build_credit_fact(credit, order) for credit in document.credits],
        "tags": [build_tag_fact(label, order) for label in document.tags],
        "pictures": [build_picture_fact(picture, document, order) for picture in document.pictures],
        "attachments": [vars(attachment) for attachment in document.attachments],
        "corrections": [build_correction_fact(correction, order) for correction in document.corrections],
        **{name: value for name, value in document.facts.items() if name != "words"},
        **{name: build_text_fact(words, order) for name, words in document.facts.get("words", {}).items()},
    }


def build_text_fact(words, order):
    text, language = choose_text(words, order)
    return {"text": text, "language": language}


def build_original_fact(document):
    if document.original is None:
        return None
    return {**vars(document.original), "body": clean_body(document.original.body)}


def build_credit_fact(credit, order):
    name, name_language = choose_text(credit.names, order)
    description, description_language = choose_text(credit.descriptions, order)
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


def build_tag_fact(label, order):
    name, language = choose_text(label.names, order)
    return {"slug": label.slug, "name": name or label.slug, "language": language}


def build_picture_fact(picture, document, order):
    alt, alt_language = choose_text(picture.alt, order)
    credit, credit_language = choose_text(picture.get_credits(document.language), order)
    said = {"alt": "" if picture.decorative else alt, "alt_language": alt_language}
    return {**vars(picture), **said, "credit": credit, "credit_language": credit_language}


def build_correction_fact(correction, order):
    """`correction` is {"at": ISO date, "note": {language: text}}."""
    return {"at": correction["at"], "note": build_text_fact(correction["note"], order)}


def build_search_words(document):
    """What a search may find, in all languages at once; kept once, with the entry in the first language of the site."""
    original = document.original
    titles = [(text.title, language) for language, text in document.texts.items()]
    leads = [(words, language) for language, text in document.texts.items() for words in (text.subtitle, text.summary)]
    bodies = [(convert_body_to_text(text.body), language) for language, text in document.texts.items()]
    if original:
        titles.append((original.title, original.language))
        leads.append((original.summary, original.language))
        bodies.append((convert_body_to_text(original.body), original.language))
    for named in (*document.credits, *document.tags):
        leads += [(name, language) for language, name in named.names.items()]
    return build_search_text(titles, leads, bodies, marks=build_facet_tokens(document))


def build_facet_tokens(document):
    """By what a search may be narrowed, besides words."""
    when_known = build_date_fields(document)
    values = [
        ("situation", document.situation),
        ("section", document.section),
        ("kind", document.kind),
        ("in", document.original.language if document.original else document.language),
        ("year", when_known["year"]),
        ("month", when_known["month"]),
        *[("tag", tag.slug) for tag in document.tags],
        *[("partner", credit.slug) for credit in document.credits],
        *[("text", language) for language in get_text_languages(document)],
    ]
    return dict.fromkeys(build_facet_token(facet, value) for facet, value in values if value)


def get_text_languages(document):
    """The languages in which it can be read, that of the original among them."""
    return [*document.languages, *([document.original.language] if document.original else [])]


def render_fragment(entry):
    """The list fragment in the entry's language; a fragment has no sentence that depends on today."""
    template = FRAGMENT_TEMPLATES.get(entry.section)
    if not template:
        return ""
    with translation.override(entry.language):
        return render_to_string(template, {"entry": entry})
