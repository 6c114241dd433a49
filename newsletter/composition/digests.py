"""Composes digests: what became public since the last one of a rhythm, an edition for each audience.

Not here: who reads an edition (`addressing.py`), letters of the desk (`edition_entries.py`), how a mail looks
(`edition_mail.py`).
"""

import datetime as dt
import logging

from django.db import transaction
from django.utils import timezone

from newsletter.models import Audience, DigestRun, Edition, get_language_codes
from newsletter.subscribers import audience_filters
from publishing.models import Entry
from timeline.search.facets import BadFilter
from timeline.search.results import FilterResults

from .addressing import create_deliveries, get_audiences_with_subscribers

logger = logging.getLogger(__name__)

Frequency = Audience.Frequency
State = Edition.State

DIGEST_HOUR = 6  # UTC, when digests are due; weekly ones on Mondays
FIRST_SLOT = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# A release may be committed this much later than the moment it bears.
MAX_COMMIT_DELAY = dt.timedelta(days=1)
# How far back the very first digest of a rhythm looks.
INITIAL_LOOKBACK = {
    Frequency.INSTANT: dt.timedelta(days=1),
    Frequency.DAILY: dt.timedelta(days=1),
    Frequency.WEEKLY: dt.timedelta(days=7),
}
# Who is served when a round of a rhythm is composed. Whoever asked for urgent news gets the rest once a week.
SERVED_FREQUENCIES = {
    Frequency.INSTANT: [Frequency.INSTANT],
    Frequency.DAILY: [Frequency.DAILY],
    Frequency.WEEKLY: [Frequency.WEEKLY, Frequency.INSTANT],
}


def compose_due_digests():
    """Composes every digest whose time has come; returns how many editions are new. Safe to run at any time,
    also twice at once, and goes on where a killed run stopped."""
    made = sum(compose_digest_run(frequency) for frequency in SERVED_FREQUENCIES)
    for edition in Edition.objects.filter(state=State.COMPOSING):
        create_deliveries(edition)
    return made


def get_digest_slot(frequency, now):
    """The newest moment at which a digest of this rhythm was due; urgent news is always due."""
    if frequency == Frequency.INSTANT:
        return now
    slot = now.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if frequency == Frequency.WEEKLY:
        slot -= dt.timedelta(days=slot.weekday())
        return slot if slot <= now else slot - dt.timedelta(days=7)
    return slot if slot <= now else slot - dt.timedelta(days=1)


@transaction.atomic
def compose_digest_run(frequency):
    """The round of a rhythm with all its editions, if it is due and there is somebody to write to."""
    now = timezone.now()
    audiences = get_audiences_with_subscribers(frequency__in=SERVED_FREQUENCIES[frequency])
    if not audiences:
        return 0
    # The first row of a rhythm is its lock: two runs at once compose one after the other.
    start = {"until": now - INITIAL_LOOKBACK[frequency]}
    first, _made = DigestRun.objects.get_or_create(frequency=frequency, slot=FIRST_SLOT, defaults=start)
    DigestRun.objects.select_for_update().get(pk=first.pk)
    slot = get_digest_slot(frequency, now)
    # A round of the future was composed before the clock was put back: what it covered stays so, nobody waits for it.
    last = DigestRun.objects.filter(frequency=frequency, slot__lte=now).order_by("slot").last()
    if last.slot >= slot:
        return 0
    since = last.until if last.until <= now else now - INITIAL_LOOKBACK[frequency]
    numbers = get_new_entry_numbers(frequency, since=since, now=now)
    if not numbers and frequency == Frequency.INSTANT:
        return 0
    this = DigestRun.objects.create(frequency=frequency, slot=slot, until=now, numbers=numbers)
    return sum(create_digest_edition(this, audience) for audience in audiences)


def get_new_entry_numbers(frequency, *, since, now):
    """Numbers of the entries first public since the last round of this rhythm that no round of it covered."""
    entries = Entry.objects.public(channel="newsletter", now=now).exclude(section="")
    entries = entries.filter(language=get_language_codes()[0], first_public__gt=since - MAX_COMMIT_DELAY)
    if frequency == Frequency.INSTANT:
        entries = entries.filter(facts__tell_now=True)
    recent = DigestRun.objects.filter(frequency=frequency, until__gt=since - MAX_COMMIT_DELAY)
    covered = {number for numbers in recent.values_list("numbers", flat=True) for number in numbers}
    begun = entries.filter(first_public__gt=since) if not covered else entries
    return [number for number in begun.newest_first().values_list("number", flat=True) if number not in covered]


def create_digest_edition(this, audience):
    """Writes the edition of one audience, without its readers yet; returns 1, or 0 if nothing is in it for them."""
    try:
        wish = audience_filters.parse_audience_filter(audience.query, language=audience.language)
    except BadFilter:  # kept by an earlier version that knew other filters
        logger.exception("Audience %s has a filter that is no longer understood.", audience.pk)
        return 0
    situations, narrowing = audience_filters.split_audience_filter(wish)
    entries = FilterResults(wish, channel="newsletter").entries().filter(number__in=this.numbers)
    if this.frequency == Frequency.WEEKLY and audience.frequency == Frequency.INSTANT:
        # By number: a comparison inside `facts` says nothing of entries that know no such fact, as testimonies.
        entries = entries.exclude(number__in=entries.filter(facts__tell_now=True).values("number"))
    numbers = list(entries.values_list("number", flat=True))
    if not numbers:
        return 0
    Edition.objects.create(
        digest_run=this,
        language=audience.language,
        frequency=audience.frequency,
        query=audience.query,
        numbers=numbers,
        state=State.COMPOSING,
        # A filter that few people have would tell of them.
        is_archived=narrowing.is_empty and len(situations) < 2,
    )
    return 1
