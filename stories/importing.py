"""This module knows what makes a row of a sheet a testimony, with its consent."""

from functools import partial

from django.conf import settings
from django.utils.translation import gettext as _

from publishing.document import CHANNELS
from situations.spreadsheet_fields import build_sheet_columns, get_cells, read_links, read_values
from situations.spreadsheet_import import ParsedRow, SheetSpec, import_sheet

from .models import Consent, SurvivorStory

CONSENT_COLUMNS = ("consent_reference", "consent_date", "consent_by", "consent_language", "consent_channels")
COLUMNS = build_sheet_columns(
    SurvivorStory,
    order=(
        "situation", "partner", "language", "original_title", "original_body", "original_url", "date",
        "date_precision", "tags", *CONSENT_COLUMNS,
    ),
    required=("partner", "original_title", "date"),
)  # fmt: skip


def get_story_key(row):
    return row["situation_id"], row["original_language"], row["original_title"], row["date"]


def parse_story_row(row, register, *, situation):
    """The `ParsedRow` of a row with the values of its consent in `more`, or None; faults are noted in the row."""
    language = row.language("language", default=settings.LANGUAGE_CODE)
    site = [code for code, _label in settings.LANGUAGES]
    bare = language if language in site else settings.LANGUAGE_CODE
    place = register.situation(row, default=situation, language=bare)
    values = read_values(row, SurvivorStory, COLUMNS, register, language=bare)
    links = read_links(row, SurvivorStory, COLUMNS, register, language=bare)
    consent = parse_consent(row)
    if place is None or not all(values.get(name) for name in COLUMNS.required):
        return None
    return ParsedRow(
        row=row,
        key=(place.pk, language, values["original_title"], values["date"]),
        title=values.get("title_en") or values["original_title"],
        values={**values, "situation": place, "original_language": language},
        links=links,
        initial_values={"language": bare},
        more=consent,
    )


def parse_consent(row):
    """The values of a `Consent`, or None if the row has none; half a record is a fault."""
    if not any(row.cells.get(name) for name in CONSENT_COLUMNS):
        return None
    channels, get_field = row.listing("consent_channels", marks=";,"), Consent._meta.get_field
    for channel in channels:
        if channel not in CHANNELS:
            names = {"value": channel, "known": ", ".join(CHANNELS)}
            row.add_fault("consent_channels", _("“%(value)s” is unknown. Known are: %(known)s.") % names)
    return {
        "reference": row.value(get_field("reference"), column="consent_reference", required=True),
        "date": row.date("consent_date", required=True),
        "explained_by": row.value(get_field("explained_by"), column="consent_by", required=True),
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


def get_story_cells(story, columns):
    """Column -> text of a testimony and its consent, as `parse_story_row` understands it."""
    cells = get_cells(story, columns) | {"language": story.original_language}
    return cells | (get_consent_cells(story.given_consent) if story.given_consent else {})


def get_consent_cells(consent):
    return {
        "consent_reference": consent.reference,
        "consent_date": consent.date.isoformat(),
        "consent_by": consent.explained_by,
        "consent_language": consent.language,
        "consent_channels": "; ".join(consent.channels()),
    }


SHEET = SheetSpec(
    model=SurvivorStory,
    columns=COLUMNS,
    title="original_title",
    key_columns=("original_language", "original_title", "date"),
    key_of=get_story_key,
    read=parse_story_row,
    cells_of=get_story_cells,
    finish=save_consents,
)
import_stories = partial(import_sheet, SHEET)
