"""Brings in a list that was kept elsewhere, with the proof of each person's consent.

Everybody is asked to confirm again, unless an administrator attests that they did; that is logged by count and
source, never by address. An address that is subscribed already stays as it is.
"""

from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.chain import record
from newsletter.models import Audience, Subscriber
from publishing.spreadsheets.reader import SpreadsheetError
from publishing.spreadsheets.rows import SheetColumns, read_sheet_rows
from timeline.search.facets import BadFilter

from . import addresses, audience_filters, signup
from .tasks import queue_confirmations

COLUMNS = SheetColumns(
    plain=("address", "language", "frequency", "situation", "consent_date", "consent_source"),
    translated=(),
    required=("address", "consent_date", "consent_source"),
)
ATTESTED_CONSENT = "imported"
FREQUENCIES = [Audience.Frequency.INSTANT, Audience.Frequency.DAILY, Audience.Frequency.WEEKLY]


@dataclass
class SubscriberImportResult:
    """What an import did: how many were asked or subscribed, and how many were there already."""

    asked: int = 0
    subscribed: int = 0
    known: int = 0

    def __str__(self):
        return f"{self.subscribed} subscribed, {self.asked} asked to confirm, {self.known} known already"


def import_subscribers(path, *, attested_by=""):
    """Imports a CSV or XLSX file, all or nothing; returns a `SubscriberImportResult`, raises `SpreadsheetError`."""
    rows, faults, _notes = read_sheet_rows(path, COLUMNS)
    people = [parse_subscriber_row(row) for row in rows]
    reject_duplicate_addresses(people, rows)
    if faults:
        raise SpreadsheetError(faults)
    brought = SubscriberImportResult()
    with transaction.atomic():
        for person in people:
            import_subscriber(person, brought, attested=bool(attested_by))
        sources = dict(Counter(person["source"] for person in people))
        record("subscribers.imported", actor=attested_by or "operator", sources=sources, attested=bool(attested_by))
    queue_confirmations()
    return brought


def parse_subscriber_row(row):
    """What a row says; every fault is noted in the row, none repeats an address."""
    person = {
        "address": parse_address_cell(row),
        "language": row.language("language", default=settings.LANGUAGE_CODE, of_site=True),
        "frequency": row.choice("frequency", [str(one) for one in FREQUENCIES], default="weekly"),
        "consented": row.date("consent_date", required=True),
        "source": row.plain("consent_source", limit=100, required=True),
    }
    if person["consented"] and person["consented"] > timezone.localdate():
        row.add_fault("consent_date", _("It is in the future."))
    try:
        chosen = row.listing("situation")
        person["query"] = audience_filters.build_audience_query("", situations=chosen, language=person["language"])
    except BadFilter as error:
        row.add_fault("situation", str(error))
    return person


def parse_address_cell(row):
    typed = row.plain("address", limit=addresses.MAX_ADDRESS_LENGTH, required=True)
    try:
        return addresses.normalise_address(addresses.tidy_address(typed))
    except addresses.AddressError:
        row.add_fault("address", _("It is not an address that mail can be sent to."))
        return ""


def reject_duplicate_addresses(people, rows):
    first = {}
    for person, row in zip(people, rows, strict=True):
        mark = person["address"].lower()
        if mark and mark in first:
            row.add_fault("address", _("It is already in row %d.") % first[mark])
        first.setdefault(mark, row.number)


def import_subscriber(person, brought, *, attested):
    if Subscriber.objects.at_address(person["address"]).exists():
        brought.known += 1
        return
    wish = {name: person[name] for name in ("language", "frequency", "query")}
    if not attested:
        signup.create_sign_up(person["address"], **wish)
        brought.asked += 1
        return
    subscriber = Subscriber(
        audience=signup.get_or_create_audience(**wish), confirmed_on=person["consented"], consent=ATTESTED_CONSENT
    )
    signup.set_sealed_address(subscriber, person["address"])
    subscriber.save(force_insert=True)
    brought.subscribed += 1
