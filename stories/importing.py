"""This module knows what the columns of a sheet of testimonies mean, their consent among them."""

from functools import partial

from django.conf import settings
from django.utils.translation import gettext as _

from publishing.document import CHANNELS
from publishing.spreadsheets.reader import SheetColumns, SheetRow
from situations.spreadsheet_import import ParsedRow, SheetSpec, import_sheet

from .models import Consent, SurvivorStory

CONSENT_COLUMNS = ("consent_reference", "consent_date", "consent_by", "consent_language", "consent_channels")
COLUMNS = SheetColumns(
    plain=(
        "situation", "partner", "language", "original_title", "original_body", "original_url", "date",
        "date_precision", "tags", *CONSENT_COLUMNS,
    ),
    translated=("title", "summary", "content_note"),
    required=("partner", "original_title", "date"),
)  # fmt: skip
READERS = {
    "title": lambda row, column: row.plain(column, limit=400),
    "summary": SheetRow.lines,
    "content_note": lambda row, column: row.plain(column, limit=160),
}


def get_story_key(row):
    return row["situation_id"], row["original_language"], row["original_title"], row["date"]


def parse_story_row(row, register, *, situation):
    """The `Wanted` of a row with the values of its consent in `more`, or None; faults are noted in the row."""
    language = row.language("language", default=settings.LANGUAGE_CODE)
    site = [code for code, _label in settings.LANGUAGES]
    bare = language if language in site else settings.LANGUAGE_CODE
    place = register.situation(row, default=situation, language=bare)
    words = {name: row.translated(name, READERS[name], language=bare) for name in COLUMNS.translated}
    values = {f"{name}_{code}": text for name, texts in words.items() for code, text in texts.items()}
    values |= parse_original_values(row, language=language)
    partner = row.plain("partner", limit=160, required=True)
    consent = parse_consent(row)
    if place is None or values["date"] is None or not partner:
        return None
    values |= {"situation": place, "partner": register.partner(partner, language=bare)}
    tags = {register.tag(name, language=bare) for name in row.listing("tags", marks=";,")}
    return ParsedRow(
        row=row,
        key=(place.pk, language, values["original_title"], values["date"]),
        title=words["title"].get("en") or values["original_title"],
        values=values,
        links={"tags": tags} if tags else {},
        initial_values={"language": bare},
        more=consent,
    )


def parse_original_values(row, *, language):
    date, precision = row.when()
    said = {"original_body": row.rich("original_body"), "original_url": row.address("original_url")}
    return {name: value for name, value in said.items() if value} | {
        "original_language": language,
        "original_title": row.plain("original_title", limit=400, required=True),
        "date": date,
        "date_precision": precision,
    }


def parse_consent(row):
    """The values of a `Consent`, or None if the row has none; half a record is a fault."""
    if not any(row.cells.get(name) for name in CONSENT_COLUMNS):
        return None
    channels = row.listing("consent_channels", marks=";,")
    for channel in channels:
        if channel not in CHANNELS:
            names = {"value": channel, "known": ", ".join(CHANNELS)}
            row.add_fault("consent_channels", _("“%(value)s” is unknown. Known are: %(known)s.") % names)
    return {
        "reference": row.plain("consent_reference", limit=60, required=True),
        "date": row.date("consent_date", required=True),
        "explained_by": row.plain("consent_by", limit=160, required=True),
        "language": row.language("consent_language", default=row.cells.get("language") or settings.LANGUAGE_CODE),
        **{channel: channel in channels for channel in CHANNELS},
    }


def save_consents(wanted, *, by):
    """Makes or changes the consent of each story that the sheet tells of; each save is kept in its history."""
    told = [want for want in wanted if want.more]
    known = Consent.objects.in_bulk([want.item.pk for want in told], field_name="story_id")
    for want in told:
        consent = known.get(want.item.pk) or Consent(story=want.item)
        if any(getattr(consent, name) != value for name, value in want.more.items()):
            for name, value in want.more.items():
                setattr(consent, name, value)
            consent._history_user = by
            consent.save()
        want.item.consent = consent


def get_story_cells(story):
    """Column -> text of a testimony and its consent, as `read` understands it."""
    return {
        "situation": story.situation.slug,
        "partner": str(story.partner),
        "language": story.original_language,
        "original_title": story.original_title,
        "original_body": story.original_body,
        "original_url": story.original_url,
        "date": story.date.isoformat(),
        "date_precision": story.date_precision,
        "tags": "; ".join(map(str, story.tags.all())),
        **COLUMNS.words_of(story),
        **(get_consent_cells(story.given_consent) if story.given_consent else {}),
    }


def get_consent_cells(consent):
    return {
        "consent_reference": consent.reference,
        "consent_date": consent.date.isoformat(),
        "consent_by": consent.explained_by,
        "consent_language": consent.language,
        "consent_channels": "; ".join(consent.channels()),
    }


import_stories = partial(
    import_sheet,
    SheetSpec(
        model=SurvivorStory,
        columns=COLUMNS,
        title="original_title",
        key_columns=("original_language", "original_title", "date"),
        key_of=get_story_key,
        read=parse_story_row,
        finish=save_consents,
    ),
)
