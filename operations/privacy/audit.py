"""Looks in the database for what must not be there: addresses of people, and what should have ended by now.

A finding is a place and a kind, never what was found. Not here: files (`files.py`), how an address looks
(`pii_scanners.py`).
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from audit import follow_ups
from newsletter.models import SignUp
from publishing.models import Entry, Release
from situations.models import Organisation
from staff.models import Account
from stories.models import Consent

from . import pii_scanners

TEXT_FIELDS = (models.CharField, models.TextField, models.JSONField)
# Columns that say when something ends, and how long it may be remembered after that: a reviewer's link is a record
# of who was shown what.
EXPIRY_FIELDS = {
    **dict.fromkeys(["expire_date", "expires", "expires_at", "valid_until"], dt.timedelta(0)),
    "ends_at": dt.timedelta(days=30),
}
BATCH_SIZE = 1000


@dataclass(frozen=True)
class PrivacyFinding:
    """`place` tells an operator where to look, `count` how often it is there."""

    place: str
    kind: str
    count: int = 1

    def __str__(self):
        return f"{self.place}: {self.kind}" + (f" ({self.count} times)" if self.count > 1 else "")


# --- Addresses --------------------------------------------------------------------------------


def get_allowed_addresses(more=()):
    """E-mail addresses, in lower case, that may stand in clear: of staff, of the organisation, of the site itself."""
    found = {*Account.objects.values_list("email", flat=True), *Organisation.objects.values_list("contact", flat=True)}
    found |= set(Organisation.history.values_list("contact", flat=True))
    told = Release.objects.filter(type="organisation").exclude(document=None).values_list("document", flat=True)
    found |= {document["facts"].get("contact", "") for document in told}
    found |= {settings.DEFAULT_FROM_EMAIL, settings.MAIL_BOUNCES, *settings.AUDIT_WITNESSES, *more}
    return frozenset(address.lower() for address in found if address)


def scan_tables(allowed):
    """Findings in every text column of every table."""
    for model in apps.get_models(include_auto_created=True):
        fields = [field for field in model._meta.local_concrete_fields if isinstance(field, TEXT_FIELDS)]
        if fields and model._meta.managed and not model._meta.proxy:
            yield from scan_columns(model, fields, allowed)


def scan_columns(model, fields, allowed):
    counts, first = Counter(), {}
    for pk, *values in read_rows_as_text(model, fields):
        if not pii_scanners.scan_text("\n".join(value or "" for value in values), allowed=allowed):
            continue
        for field, value in zip(fields, values, strict=True):
            for kind in pii_scanners.scan_text(value or "", allowed=allowed):
                counts[field.column, kind] += 1
                first.setdefault((field.column, kind), pk)
    table = model._meta.db_table
    for (column, kind), count in counts.items():
        yield PrivacyFinding(f"database, {table}.{column}, row {first[column, kind]}", kind, count)


def read_rows_as_text(model, fields):
    """(primary key, the columns as text) of every row."""
    quote = connection.ops.quote_name
    columns = ", ".join(f"CAST({quote(field.column)} AS text)" for field in fields)
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {quote(key)}, {columns} FROM {quote(table)}")  # noqa: S608
        while rows := cursor.fetchmany(BATCH_SIZE):
            yield from rows


# --- What should have ended -------------------------------------------------------------------


def find_overdue():
    yield from find_expired_rows()
    for kind, tries, trouble in follow_ups.find_overdue().values_list("kind", "tries", "trouble"):
        yield PrivacyFinding(
            f"database, audit_followup, {kind}", f"not done after {tries} tries: {trouble or 'no fault'}"
        )
    forgotten = SignUp.objects.expired().count()
    if forgotten:
        yield PrivacyFinding("database, newsletter_signup", "sign-up not confirmed within 48 hours", forgotten)
    public = Entry.objects.public().filter(type="story").values("uid")
    due = Consent.objects.filter(review__lte=timezone.localdate(), story__uid__in=public)
    for uid in due.values_list("story__uid", flat=True):
        yield PrivacyFinding(f"story:{uid}", "public although its consent was to be asked for again")


def find_expired_rows():
    """Rows of any table that say themselves when they end: sessions, links for reviewers and the like."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if field.name in EXPIRY_FIELDS and isinstance(field, models.DateTimeField):
                before = timezone.now() - EXPIRY_FIELDS[field.name]
                if count := model._base_manager.filter(**{f"{field.name}__lt": before}).count():
                    yield PrivacyFinding(f"database, {model._meta.db_table}", "expired session or link", count)
