"""Composes editions: which entries go to whom, and the deeds by which a letter of the desk goes out.

A digest carries what became public since the last one of its rhythm. Not here: how a mail looks (`mails.py`)
and how it is sent (`delivery/sending.py`).
"""

import datetime as dt
import logging
import secrets

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.chain import record
from newsletter.mail.results import Outcome
from newsletter.mail.transport import open_transport
from newsletter.models import Audience, Delivery, DigestRun, Edition, Subscriber, get_language_codes
from newsletter.subscribers import audience_filters, links
from publishing.models import Entry
from timeline.search.facets import BadFilter
from timeline.search.results import FilterResults

from . import mails

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
BATCH_SIZE = 5000


class EditionActionRefused(Exception):  # an answer to the person who asked
    """A deed that was not done; the message says why."""


# --- Digests ----------------------------------------------------------------------------------


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


def get_audiences_with_subscribers(**which):
    return list(Audience.objects.filter(models.Exists(build_subscribers_subquery()), **which))


def build_subscribers_subquery():
    return Subscriber.objects.filter(audience=models.OuterRef("pk"))


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


# --- Readers ----------------------------------------------------------------------------------


def create_deliveries(edition):
    """Writes a delivery for each of its readers, in batches of one transaction each, and lets it go out."""
    for audience in get_edition_audiences(edition):
        after = get_last_addressed_row(edition, audience)
        while (after := create_delivery_batch(edition, audience, after)) is not None:
            pass
    state = State.SENDING if edition.deliveries.exists() else State.SENT
    Edition.objects.filter(pk=edition.pk, state=State.COMPOSING).update(state=state)


def get_edition_audiences(edition):
    """Of a digest the one it was made for; of a letter all that asked for anything it carries."""
    if edition.is_digest:
        return list(
            Audience.objects.filter(language=edition.language, frequency=edition.frequency, query=edition.query)
        )
    awake = get_audiences_with_subscribers(frequency__in=[Frequency.INSTANT, Frequency.DAILY, Frequency.WEEKLY])
    return [audience for audience in awake if is_audience_addressed(audience, edition)]


def is_audience_addressed(audience, edition):
    """Whether a letter concerns those who asked for this; a letter about everything concerns everybody."""
    try:
        asked = audience_filters.parse_audience_filter(audience.query, language=audience.language)
        told = audience_filters.parse_audience_filter(edition.query, language=audience.language)
    except BadFilter:
        return False
    if asked.is_empty:
        return True
    if set(asked.chosen) == {"situation"}:
        return told.is_empty or bool({*asked.chosen["situation"]} & {*told.chosen.get("situation", ())})
    return FilterResults(asked, channel="newsletter").entries().filter(number__in=edition.numbers).exists()


def get_last_addressed_row(edition, audience):
    """Readers are written down in the order of their rows, so a killed run is continued after the last one."""
    there = Delivery.objects.filter(edition=edition, subscriber__audience=audience)
    return there.aggregate(last=models.Max("subscriber"))["last"] or -1


@transaction.atomic
def create_delivery_batch(edition, audience, after):
    """Returns the last row it wrote a delivery for; None if there was none left."""
    readers = Subscriber.objects.filter(audience=audience, pk__gt=after).order_by("pk")
    # Held until their deliveries are written: who leaves at this moment leaves after that.
    rows = list(readers.select_for_update(of=("self",)).values_list("pk", flat=True)[:BATCH_SIZE])
    fresh = [Delivery(edition=edition, subscriber_id=row, due_at=edition.send_from) for row in rows]
    Delivery.objects.bulk_create(fresh, batch_size=BATCH_SIZE, ignore_conflicts=True)
    return rows[-1] if rows else None


# --- What an edition carries ------------------------------------------------------------------


def get_edition_entries(edition, language):
    """The entries of an edition that anybody may read at this moment, in their order; withdrawn ones are not there."""
    public = Entry.objects.public(channel="newsletter").filter(language=language, number__in=edition.numbers)
    place = {number: place for place, number in enumerate(edition.numbers)}
    return sorted(public.exclude(section="").defer("words", "body", "fragment"), key=lambda entry: place[entry.number])


# --- Letters of the desk ----------------------------------------------------------------------


@transaction.atomic
def submit_edition(edition, *, by):
    """Hands a letter to the second person who has to approve it."""
    if not edition.numbers:
        raise EditionActionRefused(_("It contains nothing yet."))
    change_edition_state(edition, by=by, before={State.DRAFT}, after=State.IN_REVIEW, verb="edition.proposed")


@transaction.atomic
def approve_edition(edition, *, by):
    """Lets a letter go out. Whoever wrote of it cannot, superusers included."""
    if str(by) in edition.authors:
        raise EditionActionRefused(_("You worked on this letter yourself. Somebody else has to approve it."))
    if not any(get_edition_entries(edition, language) for language in get_language_codes()):
        raise EditionActionRefused(_("None of its entries is public now."))
    change_edition_state(edition, by=by, before={State.IN_REVIEW}, after=State.COMPOSING, verb="edition.approved")
    Edition.objects.filter(pk=edition.pk).update(approved_by=str(by))


@transaction.atomic
def return_edition_to_draft(edition, *, by):
    change_edition_state(edition, by=by, before={State.IN_REVIEW}, after=State.DRAFT, verb="edition.returned")


@transaction.atomic
def stop_edition(edition, *, by):
    """Nothing more is sent of it; senders that are at work look before each twentieth mail."""
    change_edition_state(
        edition, by=by, before={State.SENDING, State.COMPOSING}, after=State.STOPPED, verb="edition.stopped"
    )


@transaction.atomic
def resume_edition(edition, *, by):
    """Goes on with those who have not had it."""
    change_edition_state(edition, by=by, before={State.STOPPED}, after=State.COMPOSING, verb="edition.resumed")


def change_edition_state(edition, *, by, before, after, verb):
    """One state to another by a conditional update: of ten clicks at once, one is a deed and nine are refused."""
    if not Edition.objects.filter(pk=edition.pk, state__in=before).update(state=after, trouble=""):
        edition.refresh_from_db()
        raise EditionActionRefused(_("This is not possible while its state is “%s”.") % edition.get_state_display())
    record(verb, actor=by, subject=f"edition:{edition.pk}")
    edition.refresh_from_db()


def count_edition_readers(edition):
    """How many a letter will go to, as it stands now."""
    return Subscriber.objects.filter(audience__in=get_edition_audiences(edition)).count()


def get_candidate_entries(*, most):
    """The newest entries that a letter may carry, in the language of the site."""
    public = Entry.objects.public(channel="newsletter").filter(language=get_language_codes()[0]).exclude(section="")
    return public.order_by("-first_public", "-number").defer("words", "body", "fragment")[:most]


def send_test_mail(edition, *, language, to):
    """Sends one mail to a member of staff, exactly as readers get it but for its links, which lead to nobody.

    Raises Refused if there is nothing to send or the server does not take it.
    """
    letter = mails.build_edition_merge(edition, get_edition_entries(edition, language), language=language)
    if letter is None:
        raise EditionActionRefused(_("None of its entries is public now."))
    wire = open_transport()
    nobody = {
        "unsubscribe": links.make_token(0, links.UNSUBSCRIBE),
        "preferences": links.make_token(0, links.PREFERENCES),
    }
    raw = letter.filled(to=to, message_id=mails.make_message_id("test", secrets.token_hex(8)), **nobody)
    answer = wire.hand_over(raw, sender=settings.DEFAULT_FROM_EMAIL, recipient=to)
    wire.close()
    if answer.outcome != Outcome.TAKEN:
        raise EditionActionRefused(_("The mail server did not take it (%s).") % answer.short)


@transaction.atomic
def settle_doubtful_delivery(delivery, *, by, sent):
    """A person decides on a delivery in doubt: it counts as sent, or is sent again."""
    state = Delivery.State.SENT if sent else Delivery.State.DUE
    doubtful = Delivery.objects.in_doubt().filter(pk=delivery.pk)
    if not doubtful.update(state=state, due_at=timezone.now(), claim="", code=""):
        raise EditionActionRefused(_("This delivery is not in doubt any more."))
    record("delivery.settled", actor=by, subject=f"edition:{delivery.edition_id}", sent=sent)
    if sent:
        Edition.objects.filter(pk=delivery.edition_id).update(sent=models.F("sent") + 1)
    else:
        Edition.objects.filter(pk=delivery.edition_id, state=State.SENT).update(state=State.SENDING)
