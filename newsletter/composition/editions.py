"""Composes editions: which entries go to whom, and the deeds by which a letter of the desk goes out.

A digest carries what became public since the last one of its rhythm. Not here: how a mail looks (`letters.py`)
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
from newsletter.mail.transport import open_wire
from newsletter.models import Audience, Delivery, Edition, Round, Subscriber, known_languages
from newsletter.subscribers import audience_filters, links
from publishing.models import Entry
from timeline.search.filters import BadFilter

from . import letters

logger = logging.getLogger(__name__)

Frequency = Audience.Frequency
State = Edition.State

HOUR = 6  # UTC, when digests are due; weekly ones on Mondays
BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# A release may be committed this much later than the moment it bears.
LATE = dt.timedelta(days=1)
# How far back the very first digest of a rhythm looks.
LOOKS_BACK = {
    Frequency.INSTANT: dt.timedelta(days=1),
    Frequency.DAILY: dt.timedelta(days=1),
    Frequency.WEEKLY: dt.timedelta(days=7),
}
# Who is served when a round of a rhythm is composed. Whoever asked for urgent news gets the rest once a week.
SERVES = {
    Frequency.INSTANT: [Frequency.INSTANT],
    Frequency.DAILY: [Frequency.DAILY],
    Frequency.WEEKLY: [Frequency.WEEKLY, Frequency.INSTANT],
}
BATCH = 5000


class Refused(Exception):  # an answer to the person who asked
    """A deed that was not done; the message says why."""


# --- Digests ----------------------------------------------------------------------------------


def compose_due():
    """Composes every digest whose time has come; returns how many editions are new. Safe to run at any time,
    also twice at once, and goes on where a killed run stopped."""
    made = sum(compose_round(frequency) for frequency in SERVES)
    for edition in Edition.objects.filter(state=State.COMPOSING):
        address(edition)
    return made


def slot_of(frequency, now):
    """The newest moment at which a digest of this rhythm was due; urgent news is always due."""
    if frequency == Frequency.INSTANT:
        return now
    slot = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if frequency == Frequency.WEEKLY:
        slot -= dt.timedelta(days=slot.weekday())
        return slot if slot <= now else slot - dt.timedelta(days=7)
    return slot if slot <= now else slot - dt.timedelta(days=1)


@transaction.atomic
def compose_round(frequency):
    """The round of a rhythm with all its editions, if it is due and there is somebody to write to."""
    now = timezone.now()
    audiences = with_readers(frequency__in=SERVES[frequency])
    if not audiences:
        return 0
    # The first row of a rhythm is its lock: two runs at once compose one after the other.
    start = {"until": now - LOOKS_BACK[frequency]}
    first, _made = Round.objects.get_or_create(frequency=frequency, slot=BEGINNING, defaults=start)
    Round.objects.select_for_update().get(pk=first.pk)
    slot = slot_of(frequency, now)
    # A round of the future was composed before the clock was put back: what it covered stays so, nobody waits for it.
    last = Round.objects.filter(frequency=frequency, slot__lte=now).order_by("slot").last()
    if last.slot >= slot:
        return 0
    since = last.until if last.until <= now else now - LOOKS_BACK[frequency]
    numbers = new_numbers(frequency, since=since, now=now)
    if not numbers and frequency == Frequency.INSTANT:
        return 0
    this = Round.objects.create(frequency=frequency, slot=slot, until=now, numbers=numbers)
    return sum(compose(this, audience) for audience in audiences)


def with_readers(**which):
    return list(Audience.objects.filter(models.Exists(readers_of_each()), **which))


def readers_of_each():
    return Subscriber.objects.filter(audience=models.OuterRef("pk"))


def new_numbers(frequency, *, since, now):
    """Numbers of the entries first public since the last round of this rhythm that no round of it covered."""
    entries = Entry.objects.public(channel="newsletter", now=now).exclude(section="")
    entries = entries.filter(language=known_languages()[0], first_public__gt=since - LATE)
    if frequency == Frequency.INSTANT:
        entries = entries.filter(facts__tell_now=True)
    recent = Round.objects.filter(frequency=frequency, until__gt=since - LATE)
    covered = {number for numbers in recent.values_list("numbers", flat=True) for number in numbers}
    begun = entries.filter(first_public__gt=since) if not covered else entries
    return [number for number in begun.newest_first().values_list("number", flat=True) if number not in covered]


def compose(this, audience):
    """Writes the edition of one audience, without its readers yet; returns 1, or 0 if nothing is in it for them."""
    try:
        wish = audience_filters.filter_of(audience.query, language=audience.language)
    except BadFilter:  # kept by an earlier version that knew other filters
        logger.exception("Audience %s has a filter that is no longer understood.", audience.pk)
        return 0
    entries = wish.entries(channel="newsletter").filter(number__in=this.numbers)
    if this.frequency == Frequency.WEEKLY and audience.frequency == Frequency.INSTANT:
        # By number: a comparison inside `facts` says nothing of entries that know no such fact, as testimonies.
        entries = entries.exclude(number__in=entries.filter(facts__tell_now=True).values("number"))
    numbers = list(entries.values_list("number", flat=True))
    if not numbers:
        return 0
    Edition.objects.create(
        round=this,
        language=audience.language,
        frequency=audience.frequency,
        query=audience.query,
        numbers=numbers,
        state=State.COMPOSING,
        # A filter that few people have would tell of them.
        is_archived=not audience_filters.narrowing_of(audience.query, language=audience.language)
        and len(situations(wish)) < 2,
    )
    return 1


def situations(wish):
    return wish.chosen.get("situation", ())


# --- Readers ----------------------------------------------------------------------------------


def address(edition):
    """Writes a delivery for each of its readers, in batches of one transaction each, and lets it go out."""
    for audience in audiences_of(edition):
        after = last_addressed(edition, audience)
        while (after := address_batch(edition, audience, after)) is not None:
            pass
    state = State.SENDING if edition.deliveries.exists() else State.SENT
    Edition.objects.filter(pk=edition.pk, state=State.COMPOSING).update(state=state)


def audiences_of(edition):
    """Of a digest the one it was made for; of a letter all that asked for anything it carries."""
    if edition.is_digest:
        return list(
            Audience.objects.filter(language=edition.language, frequency=edition.frequency, query=edition.query)
        )
    awake = with_readers(frequency__in=[Frequency.INSTANT, Frequency.DAILY, Frequency.WEEKLY])
    return [audience for audience in awake if is_meant(audience, edition)]


def is_meant(audience, edition):
    """Whether a letter concerns those who asked for this; a letter about everything concerns everybody."""
    try:
        asked = audience_filters.filter_of(audience.query, language=audience.language)
        told = audience_filters.filter_of(edition.query, language=audience.language)
    except BadFilter:
        return False
    if asked.is_empty:
        return True
    if set(asked.chosen) == {"situation"}:
        return told.is_empty or bool(set(situations(asked)) & set(situations(told)))
    return asked.entries(channel="newsletter").filter(number__in=edition.numbers).exists()


def last_addressed(edition, audience):
    """Readers are written down in the order of their rows, so a killed run is continued after the last one."""
    there = Delivery.objects.filter(edition=edition, subscriber__audience=audience)
    return there.aggregate(last=models.Max("subscriber"))["last"] or -1


@transaction.atomic
def address_batch(edition, audience, after):
    """Returns the last row it wrote a delivery for; None if there was none left."""
    readers = Subscriber.objects.filter(audience=audience, pk__gt=after).order_by("pk")
    # Held until their deliveries are written: who leaves at this moment leaves after that.
    rows = list(readers.select_for_update(of=("self",)).values_list("pk", flat=True)[:BATCH])
    fresh = [Delivery(edition=edition, subscriber_id=row, due_at=edition.send_from) for row in rows]
    Delivery.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    return rows[-1] if rows else None


# --- What an edition carries ------------------------------------------------------------------


def entries_of(edition, language):
    """The entries of an edition that anybody may read at this moment, in their order; withdrawn ones are not there."""
    public = Entry.objects.public(channel="newsletter").filter(language=language, number__in=edition.numbers)
    place = {number: place for place, number in enumerate(edition.numbers)}
    return sorted(public.exclude(section="").defer("words", "body", "fragment"), key=lambda entry: place[entry.number])


# --- Letters of the desk ----------------------------------------------------------------------


@transaction.atomic
def propose(edition, *, by):
    """Hands a letter to the second person who has to approve it."""
    if not edition.numbers:
        raise Refused(_("It carries nothing yet."))
    move(edition, by=by, before={State.DRAFT}, after=State.IN_REVIEW, verb="edition.proposed")


@transaction.atomic
def approve(edition, *, by):
    """Lets a letter go out. Whoever wrote of it cannot, superusers included."""
    if str(by) in edition.authors:
        raise Refused(_("You worked on this letter yourself. Somebody else has to approve it."))
    if not any(entries_of(edition, language) for language in known_languages()):
        raise Refused(_("None of its entries is public now."))
    move(edition, by=by, before={State.IN_REVIEW}, after=State.COMPOSING, verb="edition.approved")
    Edition.objects.filter(pk=edition.pk).update(approved_by=str(by))


@transaction.atomic
def take_back(edition, *, by):
    move(edition, by=by, before={State.IN_REVIEW}, after=State.DRAFT, verb="edition.returned")


@transaction.atomic
def stop(edition, *, by):
    """Nothing more is sent of it; senders that are at work look before each twentieth mail."""
    move(edition, by=by, before={State.SENDING, State.COMPOSING}, after=State.STOPPED, verb="edition.stopped")


@transaction.atomic
def resume(edition, *, by):
    """Goes on with those who have not had it."""
    move(edition, by=by, before={State.STOPPED}, after=State.COMPOSING, verb="edition.resumed")


def move(edition, *, by, before, after, verb):
    """One state to another by a conditional update: of ten clicks at once, one is a deed and nine are refused."""
    if not Edition.objects.filter(pk=edition.pk, state__in=before).update(state=after, trouble=""):
        edition.refresh_from_db()
        raise Refused(_("This is not possible while its state is “%s”.") % edition.get_state_display())
    record(verb, actor=by, subject=f"edition:{edition.pk}")
    edition.refresh_from_db()


def readers_of(edition):
    """How many a letter will go to, as it stands now."""
    return Subscriber.objects.filter(audience__in=audiences_of(edition)).count()


def candidates(*, most):
    """The newest entries that a letter may carry, in the language of the site."""
    public = Entry.objects.public(channel="newsletter").filter(language=known_languages()[0]).exclude(section="")
    return public.order_by("-first_public", "-number").defer("words", "body", "fragment")[:most]


def test_mail(edition, *, language, to):
    """Sends one mail to a member of staff, exactly as readers get it but for its links, which lead to nobody.

    Raises Refused if there is nothing to send or the server does not take it.
    """
    letter = letters.print_of(edition, entries_of(edition, language), language=language)
    if letter is None:
        raise Refused(_("None of its entries is public now."))
    wire = open_wire()
    nobody = {
        "unsubscribe": links.make_token(0, links.UNSUBSCRIBE),
        "preferences": links.make_token(0, links.PREFERENCES),
    }
    raw = letter.filled(to=to, message_id=letters.message_name("test", secrets.token_hex(8)), **nobody)
    answer = wire.hand_over(raw, sender=settings.DEFAULT_FROM_EMAIL, recipient=to)
    wire.close()
    if answer.outcome != Outcome.TAKEN:
        raise Refused(_("The mail server did not take it (%s).") % answer.short)


@transaction.atomic
def settle_doubt(delivery, *, by, sent):
    """A person decides on a delivery in doubt: it counts as sent, or is sent again."""
    state = Delivery.State.SENT if sent else Delivery.State.DUE
    doubtful = Delivery.objects.in_doubt().filter(pk=delivery.pk)
    if not doubtful.update(state=state, due_at=timezone.now(), claim="", code=""):
        raise Refused(_("This delivery is not in doubt any more."))
    record("delivery.settled", actor=by, subject=f"edition:{delivery.edition_id}", sent=sent)
    if sent:
        Edition.objects.filter(pk=delivery.edition_id).update(sent=models.F("sent") + 1)
    else:
        Edition.objects.filter(pk=delivery.edition_id, state=State.SENT).update(state=State.SENDING)
