"""This module knows how an entry looks as data: one shape for files and the API, each name explained in docs/data.md.

Data goes the way of feeds: what a teller did not allow there is not in it.
"""

from django.utils.feedgenerator import rfc3339_date

from publishing.text.cleaning import convert_html_to_text
from publishing.text.date_words import format_iso_date
from timeline.serving.item_numbers import get_short_path
from timeline.sharing.citations import compute_entry_checksum

DATA_DEFERRED_FIELDS = ("words", "fragment")


def build_entry_record(entry, *, origin):
    """The entry as JSON; `origin` begins its addresses. A field that says nothing is null or an empty list."""
    facts = entry.facts
    return {
        "id": entry.number,
        "url": origin + entry.get_absolute_url(),
        "short_url": origin + get_short_path(entry),
        "type": entry.type,
        "section": entry.section,
        "situation": entry.situation,
        "kind": entry.kind,
        "date": format_iso_date(entry.date, entry.precision) or None,
        "date_precision": entry.precision,
        "language": entry.language,
        "text_language": entry.text_language,
        "original_language": entry.original_language,
        "languages": facts["languages"],
        "title": entry.title or None,
        "subtitle": entry.subtitle or None,
        "summary": entry.summary or None,
        "body_html": entry.body or None,
        "original": build_original_record(facts["original"]),
        "content_note": facts["content_note"]["text"] if facts["content_note"] else None,
        "translator": facts["translator"] or None,
        "outside_url": facts["url"] or None,
        "partners": [build_partner_record(row) for row in facts["credits"]],
        "tags": [{"slug": row["slug"], "name": row["name"]} for row in facts["tags"]],
        "attachments": [build_attachment_record(row, origin) for row in facts["attachments"]],
        "corrections": [{"date": row["at"], "note": row["note"]["text"]} for row in facts["corrections"]],
        "first_public": rfc3339_date(entry.first_public),
        "changed": rfc3339_date(entry.changed),
        "sha256": compute_entry_checksum(entry),
    }


def build_situation_record(entry, *, origin):
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


def build_original_record(original):
    if not original:
        return None
    return {
        "language": original["language"],
        "title": original["title"],
        "body_html": original["body"] or None,
        "url": original["url"] or None,
    }


def build_partner_record(credit):
    return {name: credit[name] or None for name in ("slug", "role", "name", "description", "url", "country")}


def build_attachment_record(row, origin):
    shown = {name: row[name] for name in ("title", "language", "size", "pages", "sha256")}
    return {"url": f"{origin}/media/{row['name']}", **shown}


# --- One line a record, for spreadsheets ------------------------------------------------------

EXPORT_COLUMNS = (
    "id", "url", "short_url", "type", "section", "situation", "kind", "date", "date_precision", "language",
    "text_language", "original_language", "title", "original_title", "subtitle", "summary", "text", "original_text",
    "content_note", "translator", "partners", "tags", "outside_url", "first_public", "changed", "sha256",
)  # fmt: skip


def build_export_row(record):
    """The record as one cell for each of COLUMNS: texts without markup, several names parted by “; ”."""
    original = record["original"] or {}
    cells = record | {
        "original_title": original.get("title"),
        "text": strip_markup(record["body_html"]),
        "original_text": strip_markup(original.get("body_html")),
        "partners": "; ".join(row["name"] for row in record["partners"] if row["name"]),
        "tags": "; ".join(row["name"] for row in record["tags"]),
    }
    return [cells[name] if cells[name] is not None else "" for name in EXPORT_COLUMNS]


def strip_markup(body):
    return convert_html_to_text(body) if body else ""
