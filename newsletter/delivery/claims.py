"""Which deliveries a sender holds, and what became of them: the only place that moves a delivery on.

A delivery is claimed by a conditional update that is committed before its mail is touched, and its outcome is written
back in one transaction. What dead senders had claimed is settled here too, from the journals they left.
Not here: when to send and when to stop (`sending.py`), how one mail is handed over (`connection.py`).
"""

import datetime as dt
from typing import NamedTuple

from django.db import connection, models, transaction
from django.utils import timezone

from newsletter.mail.results import BatchResults, Outcome, SendResult, is_address_fault
from newsletter.models import Delivery, Edition

from . import send_log
from .bounces import erase_long_unreachable, erase_unreachable

State = Delivery.State

GIVE_UP_AFTER, MIN_TRIES = dt.timedelta(hours=48), 3
CLAIM_LIFETIME = dt.timedelta(hours=1)  # a claim whose journal is nowhere to be found


# --- Claiming and writing back ----------------------------------------------------------------


class ClaimedDelivery(NamedTuple):
    """What a sender has to know of one delivery; the last three are what its reader chose, as in `Audience`."""

    pk: int
    subscriber: int
    sealed: bytes
    language: str
    frequency: str
    query: str


def claim_deliveries(edition, name, *, most):
    """Takes up to `most` due deliveries for one connection; returns each as a `ClaimedDelivery`."""
    with transaction.atomic():
        due = Delivery.objects.due(edition)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        chosen = list(due.values_list("pk", flat=True)[:most])
        taken = Delivery.objects.filter(pk__in=chosen, state=State.DUE)
        taken.update(state=State.CLAIMED, claim=name, claimed_at=timezone.now())
    # One batch at a time has this name.
    return list_claimed(Delivery.objects.filter(claim=name, edition=edition))


def list_claimed(deliveries):
    wish = [f"subscriber__audience__{field}" for field in ("language", "frequency", "query")]
    rows = deliveries.filter(state=State.CLAIMED).values_list("pk", "subscriber", "subscriber__sealed", *wish)
    return list(map(ClaimedDelivery._make, rows))


def is_still_wanted(edition, name, delivery):
    """Whether a claimed delivery's reader neither left nor chose anything else since."""
    return any(map(edition.is_for, list_claimed(Delivery.objects.filter(pk=delivery.pk, claim=name))))


def get_next_due_at(editions):
    """The moment at which the next delivery of these editions is due, maybe past; None if none waits."""
    waiting = Delivery.objects.filter(edition__in=editions, state=State.DUE)
    return waiting.aggregate(next=models.Min("due_at"))["next"]


@transaction.atomic
def record_outcomes(edition, name, outcomes):
    """Writes what became of claimed deliveries; of those that somebody else settled meanwhile nothing is said.

    Returns a dict of how many were sent and refused.
    """
    claimed = Delivery.objects.filter(claim=name, state=State.CLAIMED, edition=edition)
    claimed.filter(pk__in=outcomes.not_begun).update(state=State.DUE, claim="")
    claimed.filter(pk__in=outcomes.with_outcome(Outcome.DOUBT)).update(state=State.DOUBT, claim="")
    refused = mark_refused(claimed, {pk: outcomes.answers[pk] for pk in outcomes.with_outcome(Outcome.NEVER)})
    later = {pk: outcomes.answers[pk] for pk in outcomes.with_outcome(Outcome.LATER)}
    reschedule_throttled(claimed, {pk: answer.retry_after for pk, answer in later.items() if answer.stage == "pace"})
    tried = {pk: answer for pk, answer in later.items() if answer.stage != "pace"}
    given_up = [pk for pk, answer in tried.items() if schedule_retry(claimed.filter(pk=pk), edition, answer)]
    refused += len(given_up)
    # What is claimed still was taken: nearly all, and so not named one by one.
    sent = claimed.update(state=State.SENT, claim="", code="")
    if sent or refused:
        counts = {"sent": models.F("sent") + sent, "refused": models.F("refused") + refused}
        Edition.objects.filter(pk=edition.pk).update(**counts)
    erase_unreachable(
        [outcomes.rows[pk] for pk, answer in outcomes.answers.items() if is_address_fault(answer.code_text)]
    )
    for pk in given_up:
        erase_long_unreachable(outcomes.rows[pk], until=pk)
    return {"sent": sent, "refused": refused}


def mark_refused(claimed, answers):
    """A withdrawn edition is no refusal: there is nothing left to send, so its delivery goes."""
    withdrawn = [pk for pk, answer in answers.items() if answer.stage == "withdrawn"]
    claimed.filter(pk__in=withdrawn).delete()
    refused = 0
    for pk, answer in answers.items():
        refused += claimed.filter(pk=pk).update(state=State.REFUSED, claim="", code=answer.code_text)
    return refused


def reschedule_throttled(claimed, seconds):
    """Those that our own pace held back are due again after so many seconds each, and no try was spent on them."""
    if seconds:
        now = timezone.now()
        moments = [models.When(pk=pk, then=models.Value(now + dt.timedelta(seconds=s))) for pk, s in seconds.items()]
        claimed.filter(pk__in=seconds).update(state=State.DUE, claim="", due_at=models.Case(*moments))


def schedule_retry(claimed, edition, answer):
    """Due again later, and later each time; after two days it is given up. Returns how many were given up."""
    tries = claimed.values_list("tries", flat=True).first() or 0
    # Whose turn came late, since the list is long or was stopped, is tried several times all the same.
    if edition.send_from < timezone.now() - GIVE_UP_AFTER and tries >= MIN_TRIES:
        return claimed.update(state=State.REFUSED, claim="", code=answer.code_text)
    due_at = timezone.now() + min(dt.timedelta(minutes=5) * 2**tries, dt.timedelta(hours=4))
    claimed.update(state=State.DUE, claim="", due_at=due_at, tries=tries + 1, code=answer.code_text)
    return 0


# --- What the dead left behind ----------------------------------------------------------------


def settle_abandoned_claims():
    """Brings back or settles what senders had claimed that are no more."""
    with send_log.open_abandoned_logs() as found:
        for name, ends in found:
            settle_claim(name, ends)
    lost = Delivery.objects.filter(state=State.CLAIMED, claimed_at__lt=timezone.now() - CLAIM_LIFETIME)
    lost.exclude(claim__in=send_log.get_log_names()).update(state=State.DOUBT, claim="", code="lost")


@transaction.atomic
def settle_claim(name, ends):
    claimed = Delivery.objects.filter(claim=name, state=State.CLAIMED)
    for edition in Edition.objects.filter(pk__in=claimed.values("edition")):
        rows = dict(claimed.filter(edition=edition).values_list("pk", "subscriber"))
        outcomes = BatchResults(rows=rows)
        for pk in rows:
            if answer := find_logged_result(ends, pk):
                outcomes.answers[pk] = answer
        record_outcomes(edition, name, outcomes)


def find_logged_result(ends, pk):
    """What a journal says of one delivery; None if it proves that the mail was not begun."""
    if pk in ends.ended:
        outcome, code = ends.ended[pk]
        stage, _space, digits = code.partition(" ")
        return SendResult(Outcome(outcome), stage, int(digits or 0))
    if pk in ends.begun or not ends.is_whole:
        return SendResult(Outcome.DOUBT)
    return None
