"""This module knows how an entry looks as data: one shape for files and the API, each name explained in docs/data.md.

Data goes the way of feeds: what a teller did not allow there is not in it.
"""

import hashlib

from django.utils.feedgenerator import rfc3339_date

from publishing.text.cleaning import to_plain
from publishing.text.date_words import in_data
from timeline.pages.numbers import short_path

NEEDLESS = ("words", "fragment")


def record_of(entry, *, origin):
    """The entry as JSON; `origin` begins its addresses. A field that says nothing is null or an empty list."""
    facts = entry.facts
    return {
        "id": entry.number,
        "url": origin + entry.get_absolute_url(),
        "short_url": origin + short_path(entry),
        "type": entry.type,
        "section": entry.section,
        "situation": entry.situation,
        "kind": entry.kind,
        "date": in_data(entry.date, entry.precision) or None,
        "date_precision": entry.precision,
        "language": entry.language,
        "text_language": entry.text_language,
        "original_language": entry.original_language,
        "languages": facts["languages"],
        "title": entry.title or None,
        "subtitle": entry.subtitle or None,
        "summary": entry.summary or None,
        "body_html": entry.body or None,
        "original": original_of(facts["original"]),
        "content_note": facts["content_note"]["text"] if facts["content_note"] else None,
        "translator": facts["translator"] or None,
        "outside_url": facts["url"] or None,
        "partners": [partner_of(row) for row in facts["credits"]],
        "tags": [{"slug": row["slug"], "name": row["name"]} for row in facts["tags"]],
        "attachments": [attachment_of(row, origin) for row in facts["attachments"]],
        "corrections": [{"date": row["at"], "note": row["note"]["text"]} for row in facts["corrections"]],
        "first_public": rfc3339_date(entry.first_public),
        "changed": rfc3339_date(entry.changed),
        "sha256": fingerprint(entry),
    }


def fingerprint(entry):
    """SHA-256 over the words as the record holds them, so that anybody can take it too; docs/data.md says how."""
    original = entry.facts["original"] or {}
    words = [entry.title, entry.subtitle, entry.summary, entry.body, original.get("title"), original.get("body")]
    return hashlib.sha256("\n".join(text or "" for text in words).encode()).hexdigest()


def situation_record_of(entry, *, origin):
    facts = entry.facts
    return {
        "id": entry.number,
        "url": origin + entry.get_absolute_url(),
        "slug": entry.slug,
        "language": entry.language,
        "text_language": entry.text_language,
        "languages": facts["languages"],
        "title": entry.title,
        "introduction": entry.summary or None,
        "region": facts["region"]["text"] or None,
        "since": facts["since"] or None,
        "until": facts["until"] or None,
        "archived": facts["archived"],
        "first_public": rfc3339_date(entry.first_public),
        "changed": rfc3339_date(entry.changed),
    }


def original_of(original):
    if not original:
        return None
    return {
        "language": original["language"],
        "title": original["title"],
        "body_html": original["body"] or None,
        "url": original["url"] or None,
    }


def partner_of(credit):
    return {name: credit[name] or None for name in ("slug", "role", "name", "description", "url", "country")}


def attachment_of(row, origin):
    shown = {name: row[name] for name in ("title", "language", "size", "pages", "sha256")}
    return {"url": f"{origin}/media/{row['name']}", **shown}


# --- One line a record, for spreadsheets ------------------------------------------------------

COLUMNS = (
    "id", "url", "short_url", "type", "section", "situation", "kind", "date", "date_precision", "language",
    "text_language", "original_language", "title", "original_title", "subtitle", "summary", "text", "original_text",
    "content_note", "translator", "partners", "tags", "outside_url", "first_public", "changed", "sha256",
)  # fmt: skip


def line_of(record):
    """The record as one cell for each of COLUMNS: texts without markup, several names parted by “; ”."""
    original = record["original"] or {}
    cells = record | {
        "original_title": original.get("title"),
        "text": plain_of(record["body_html"]),
        "original_text": plain_of(original.get("body_html")),
        "partners": "; ".join(row["name"] for row in record["partners"] if row["name"]),
        "tags": "; ".join(row["name"] for row in record["tags"]),
    }
    return [cells[name] if cells[name] is not None else "" for name in COLUMNS]


def plain_of(body):
    return to_plain(body) if body else ""
