"""This module knows what the columns of a sheet of testimonies mean, their consent among them."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from tqdm import tqdm

from publishing.document import CHANNELS
from publishing.importing import Columns, Faulty, Row, Summary, rows_of
from situations.importing import Register, Wanted, bring_in, publish_what_may, refuse_repeated

from .models import Consent, SurvivorStory

CONSENT = ("consent_reference", "consent_date", "consent_by", "consent_language", "consent_channels")
COLUMNS = Columns(
    plain=(
        "situation", "partner", "language", "original_title", "original_body", "original_url", "date",
        "date_precision", "tags", *CONSENT,
    ),
    translated=("title", "summary", "content_note"),
    required=("partner", "original_title", "date"),
)  # fmt: skip
READERS = {
    "title": lambda row, column: row.plain(column, limit=400),
    "summary": Row.lines,
    "content_note": lambda row, column: row.plain(column, limit=160),
}


@transaction.atomic
def import_stories(path, *, situation="", publish=False, by=None, dry_run=False, quiet=False, also=()):
    """Imports a CSV or XLSX file, all or nothing; returns a `Summary`, raises `Faulty`.

    With `publish`, stories that consent or approval would refuse stay drafts and are named in the summary.
    """
    rows, faults = rows_of(path, COLUMNS, also=also)
    register = Register()
    read_rows = [read(row, register, situation=situation) for row in tqdm(rows, unit=" rows", disable=quiet or None)]
    wanted = [want for want, _consent in filter(None, read_rows)]
    refuse_repeated(wanted, column="original_title")
    if faults:
        raise Faulty(faults)
    summary = Summary(removed=sum(row.removed for row in rows))
    touched = bring_in(
        SurvivorStory,
        wanted,
        columns=["original_language", "original_title", "date"],
        key_of=key_of,
        summary=summary,
        by=by,
    )
    record_consents([(want.item, consent) for want, consent in filter(None, read_rows) if consent], by=by)
    if publish:
        publish_what_may(register, touched, [want.item for want in wanted], summary=summary, by=by)
    summary.items = [(want.row, want.item) for want in wanted]
    transaction.set_rollback(dry_run)
    return summary


def key_of(row):
    return row["situation_id"], row["original_language"], row["original_title"], row["date"]


def read(row, register, *, situation):
    """(`Wanted`, consent values or None) of a row, or None if it has no place; faults are noted in the row."""
    language = row.language("language", default=settings.LANGUAGE_CODE)
    site = [code for code, _label in settings.LANGUAGES]
    bare = language if language in site else settings.LANGUAGE_CODE
    place = register.situation(row, default=situation, language=bare)
    words = {name: row.translated(name, READERS[name], language=bare) for name in COLUMNS.translated}
    values = {f"{name}_{code}": text for name, texts in words.items() for code, text in texts.items()}
    values |= original_values(row, language=language)
    partner = row.plain("partner", limit=160, required=True)
    consent = read_consent(row)
    if place is None or values["date"] is None or not partner:
        return None
    values |= {"situation": place, "partner": register.partner(partner, language=bare), "language": bare}
    tags = {register.tag(name, language=bare) for name in row.listing("tags", marks=";,")}
    want = Wanted(
        row=row,
        key=(place.pk, language, values["original_title"], values["date"]),
        title=words["title"].get("en") or values["original_title"],
        values=values,
        links={"tags": tags} if tags else {},
    )
    return want, consent


def original_values(row, *, language):
    date, precision = row.when()
    said = {"original_body": row.rich("original_body"), "original_url": row.address("original_url")}
    return {name: value for name, value in said.items() if value} | {
        "original_language": language,
        "original_title": row.plain("original_title", limit=400, required=True),
        "date": date,
        "date_precision": precision,
    }


def read_consent(row):
    """The values of a `Consent`, or None if the row has none; half a record is a fault."""
    if not any(row.cells.get(name) for name in CONSENT):
        return None
    channels = row.listing("consent_channels", marks=";,")
    for channel in channels:
        if channel not in CHANNELS:
            names = {"value": channel, "known": ", ".join(CHANNELS)}
            row.fault("consent_channels", _("“%(value)s” is unknown. Known are: %(known)s.") % names)
    return {
        "reference": row.plain("consent_reference", limit=60, required=True),
        "date": row.date("consent_date", required=True),
        "explained_by": row.plain("consent_by", limit=160, required=True),
        "language": row.language("consent_language", default=row.cells.get("language") or settings.LANGUAGE_CODE),
        **{channel: channel in channels for channel in CHANNELS},
    }


def record_consents(pairs, *, by):
    """Makes or changes the consent of each story, one by one: each save is kept in its history."""
    known = Consent.objects.in_bulk([story.pk for story, _values in pairs], field_name="story_id")
    for story, values in pairs:
        consent = known.get(story.pk) or Consent(story=story)
        if any(getattr(consent, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(consent, name, value)
            consent._history_user = by
            consent.save()
        story.consent = consent
