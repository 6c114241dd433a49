"""This module knows the columns of a sheet of testimonies, and what those of their consent mean."""

from functools import partial

from django.conf import settings
from django.utils.translation import gettext as _

from publishing.document import CHANNELS
from situations.spreadsheets.columns import SheetSpec, build_sheet_columns
from situations.spreadsheets.importing import import_sheet

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


def find_consent_changes(story, values):
    """The columns in which a consent differs from what a row says of it."""
    consent = story.given_consent
    differing = [name for name, value in values.items() if consent is None or getattr(consent, name) != value]
    return ["consent"] if differing else []


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


def get_consent_cells(story):
    """Column -> text of the consent, if there is one."""
    consent = story.given_consent
    if consent is None:
        return {}
    return {
        "consent_reference": consent.reference,
        "consent_date": consent.date.isoformat(),
        "consent_by": consent.explained_by,
        "consent_language": consent.language,
        "consent_channels": "; ".join(consent.channels()),
    }


EXAMPLE = {
    "situation": "belarus", "partner": "Viasna", "language": "be", "original_title": "Сведчыць пацярпелы",
    "original_body": "The words as they were given.", "date": "2020-08-27", "date_precision": "month",
    "title_en": "A survivor testifies", "content_note_en": "beatings", "consent_reference": "V-2020-117",
    "consent_date": "2020-09-01", "consent_by": "Documentation officer", "consent_language": "be",
    "consent_channels": "site; newsletter",
}  # fmt: skip
SHEET = SheetSpec(
    model=SurvivorStory,
    columns=COLUMNS,
    example=EXAMPLE,
    makes_releases=True,
    read_more=parse_consent,
    finish=save_consents,
    more_cells=get_consent_cells,
    find_more_changes=find_consent_changes,
)
import_stories = partial(import_sheet, SHEET)
