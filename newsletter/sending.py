"""Sends what is due: each delivery once, whatever breaks, however many senders work at once.

A sender claims a batch of deliveries by a conditional update, tells its journal before and after each mail, and
writes the outcomes back with the batch. Whatever a dead sender left is settled by the next one: what it had
sent is sent, what it had not begun is due again, the mail in its hands is in doubt and left to a person.
Not here: what the mail says (`letters.py`), how a server is spoken to (`wire.py`).
"""

import datetime as dt
import logging
import threading
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, connections, models, transaction
from django.utils import timezone

from publishing.models import Release
from staff.lockdown import is_locked
from staff.models import Lockdown

from . import addresses, editions, journal, letters, links, signup
from .journal import Journal
from .models import Delivery, Edition
from .pace import Pace
from .wire import Answer, Outcome, open_wire

logger = logging.getLogger(__name__)

State = Delivery.State

BATCH = 200  # deliveries claimed at once
LOOK_EVERY = 20  # mails between two looks at whether to go on
LOOK_AFTER = 0.5  # seconds, if that is sooner
BATCH_TAKES = 0.5  # seconds, about
BATCH_LASTS = 60  # seconds at most; then the rest is given back
TROUBLES = 3  # in a row, until the server is left in peace
SLOW = 0.004  # seconds a mail, from which on several connections are worth it
GIVE_UP = dt.timedelta(hours=48)
FORGOTTEN = dt.timedelta(hours=1)  # a claim whose journal is nowhere to be found
HARD_BOUNCES = 3  # refusals of an address in a row, after which it is erased


@dataclass
class Report:
    """`sent` and `refused` in this run; `left` and `doubt` as it stands now. `trouble` says why it stopped early."""

    sent: int = 0
    refused: int = 0
    left: int = 0
    doubt: int = 0
    trouble: str = ""

    def __str__(self):
        return f"{self.sent} sent, {self.refused} refused, {self.left} left, {self.doubt} in doubt"


def send_due(*, should_stop=lambda: False, private_key=None):
    """Sends everything that is due now; `should_stop` is asked now and then. Returns a Report.

    Where addresses are sealed for a private key (SUBSCRIBER_SEAL), nothing is sent without it.
    """
    settle_abandoned()
    run = Run(should_stop=should_stop, private_key=private_key)
    if is_locked():
        run.trouble = "The desk is locked down; nothing is sent."
    elif settings.SUBSCRIBER_SEAL and not private_key:
        run.trouble = "Addresses are sealed; give the private key: send_editions --unseal FILE."
    else:
        run.work()
    return Report(
        sent=run.sent,
        refused=run.refused,
        left=Delivery.objects.left(),
        doubt=Delivery.objects.in_doubt().count(),
        trouble=run.trouble,
    )


# --- One process ------------------------------------------------------------------------------


class Run:
    """What the connections of one process share."""

    def __init__(self, *, should_stop, private_key):
        self.should_stop = should_stop
        self.private_key = private_key
        self.guard = threading.Lock()
        self.pace = Pace(per_minute=settings.MAIL_PER_MINUTE, per_domain=settings.MAIL_PER_MINUTE_PER_DOMAIN)
        self.issues = [Issue(edition, self) for edition in Edition.objects.going_out()]
        self.sent = self.refused = 0
        self.trouble = ""

    def work(self):
        """Begins with one connection and takes more if the server answers slowly."""
        first = Postman(self)
        others = []
        try:
            first.begin()
            if first.is_slow:
                others = [threading.Thread(target=Postman(self).work) for _ in range(settings.MAIL_CONNECTIONS - 1)]
            for thread in others:
                thread.start()
            first.go_round()
        finally:
            first.close()
            for thread in others:
                thread.join()
        for issue in self.issues:
            issue.finish()

    def halt(self, trouble):
        """Nothing more is sent in this run."""
        self.trouble = trouble
        for issue in self.issues:
            issue.is_over = True

    def count(self, *, sent, refused):
        with self.guard:
            self.sent += sent
            self.refused += refused


class Issue:
    """One edition as it goes out: its prints, and whether to go on with it."""

    def __init__(self, edition, run):
        self.edition = edition
        self.run = run
        self.guard = threading.Lock()
        self.mails = 0
        self.is_over = False
        self.prints = {}
        self.version = None
        self.looked_at = float("-inf")
        self.look_up = compiled(edition)

    def may_go_on(self):
        """Asked before each mail. Sees a stop, a lockdown or a withdrawal within 20 mails and half a second."""
        with self.guard:
            self.mails += 1
            if self.mails % LOOK_EVERY == 0 or time.monotonic() - self.looked_at > LOOK_AFTER:
                self.look()
            return not self.is_over

    def look(self):
        with connection.cursor() as cursor:
            cursor.execute(*self.look_up)
            state, release, locked = cursor.fetchone() or ("", None, False)
        self.looked_at = time.monotonic()
        # Besides releases, the clock itself begins and ends entries.
        version = release, timezone.now().minute
        if version != self.version:
            self.version, self.prints = version, {}
        if state != Edition.State.SENDING or locked or self.run.should_stop():
            self.is_over = True

    def print_for(self, language):
        """The edition as it may go out now, in one language; None if nothing of it is public any more."""
        prints, language = self.prints, self.edition.language or language
        if language not in prints:
            entries = editions.entries_of(self.edition, language)
            prints[language] = letters.print_of(self.edition, entries, language=language)
        return prints[language]

    def finish(self):
        """Says what stood in the way, and whether the edition is done."""
        with transaction.atomic():
            edition = Edition.objects.select_for_update().get(pk=self.edition.pk)
            edition.trouble = self.run.trouble
            if edition.state == Edition.State.SENDING and not edition.deliveries.left():
                edition.state = Edition.State.SENT
            edition.save(update_fields=["state", "trouble"])


def compiled(edition):
    """SQL and parameters of the one look at the database, compiled once since it happens so often."""
    newest = Release.objects.order_by("-pk").values("pk")[:1]
    looks = Edition.objects.filter(pk=edition.pk).values_list(
        "state", models.Subquery(newest), models.Exists(Lockdown.objects.all())
    )
    return looks.query.sql_with_params()


# --- One connection ---------------------------------------------------------------------------


@dataclass
class Outcomes:
    """What became of one batch: delivery -> Answer; those without an answer were not begun."""

    rows: dict = field(default_factory=dict)  # delivery -> subscriber
    answers: dict = field(default_factory=dict)

    def with_outcome(self, outcome):
        return [pk for pk, answer in self.answers.items() if answer.outcome == outcome]


class Postman:
    """One connection to the mail server with its journal."""

    def __init__(self, run):
        self.run = run
        self.wire = open_wire()
        self.journal = Journal()
        self.troubles = 0
        self.seconds_a_mail = 0.0
        self.quickest = float("inf")  # seconds that the server took for one mail at least

    def work(self):
        """For a thread of its own."""
        try:
            self.go_round()
        except Exception:
            logger.exception("A connection ended; what it had claimed is settled by the next run.")
            self.run.halt("A connection ended with an error; see the log.")
        finally:
            self.close()
            connections.close_all()

    def close(self):
        self.wire.close()
        self.journal.close()

    def begin(self):
        """The first few mails, by which the server shows how quickly it answers."""
        for issue in self.run.issues:
            if self.do_safely(issue, LOOK_EVERY):
                break

    @property
    def is_slow(self):
        return SLOW < self.quickest < float("inf")

    def go_round(self):
        for issue in self.run.issues:
            while not issue.is_over and self.do_safely(issue, self.fitting()):
                pass

    def do_safely(self, issue, most):
        """As `do_batch`; an edition that cannot be sent does not keep the others waiting."""
        try:
            return self.do_batch(issue, most)
        except Exception:
            logger.exception("Edition %s ended with an error.", issue.edition.pk)
            self.run.trouble = f"Edition {issue.edition.pk} ended with an error; see the log."
            issue.is_over = True
            return 0

    def fitting(self):
        """As many as are done in short time: who leaves now is not to get what was claimed long ago."""
        if not self.seconds_a_mail:
            return LOOK_EVERY
        return max(5, min(BATCH, int(BATCH_TAKES / self.seconds_a_mail)))

    def do_batch(self, issue, most):
        """Claims, sends, writes back; returns how many it claimed."""
        rows = claim(issue.edition, self.journal.name, most=most)
        outcomes = Outcomes(rows={pk: subscriber for pk, subscriber, _sealed, _language in rows})
        begun = time.monotonic()
        try:
            for pk, subscriber, sealed, language in rows:
                if not issue.may_go_on() or time.monotonic() - begun > BATCH_LASTS:
                    break
                if answer := self.deliver(issue, pk, subscriber, sealed, language):
                    outcomes.answers[pk] = answer
        finally:
            if rows:
                self.run.count(**write_back(issue.edition, self.journal.name, outcomes))
                self.journal.clear()
        if outcomes.answers:
            self.seconds_a_mail = (time.monotonic() - begun) / len(outcomes.answers)
        return len(rows)

    def deliver(self, issue, pk, subscriber, sealed, language):
        """One mail. Returns the Answer; None if it was not begun and stays due."""
        letter = issue.print_for(language)
        if letter is None:
            return Answer(Outcome.NEVER, "withdrawn")
        try:
            to = addresses.open_sealed(sealed, row=subscriber, private_key=self.run.private_key)
        except addresses.SealError:
            return Answer(Outcome.LATER, "sealed")
        if not self.run.pace.is_free(to.rpartition("@")[2]):
            return Answer(Outcome.LATER, "pace")
        self.wait(issue, self.run.pace.turn())
        raw = letter.filled(
            to=to,
            message_id=letters.message_name("edition", issue.edition.pk, subscriber),
            unsubscribe=links.make_token(subscriber, links.UNSUBSCRIBE),
            preferences=links.make_token(subscriber, links.PREFERENCES),
        )
        if issue.is_over:
            return None
        self.journal.begin(pk)
        begun = time.monotonic()
        answer = self.wire.hand_over(raw, sender=links.envelope_sender(subscriber), recipient=to)
        self.quickest = min(self.quickest, time.monotonic() - begun)
        self.journal.end(pk, answer.outcome.value, answer.short)
        return self.judge(answer)

    def judge(self, answer):
        """Stops the run after several troubles in a row. A server that does not listen is nobody's fault: due again."""
        if not answer.is_trouble:
            self.troubles = 0
            return answer
        self.troubles += 1
        if self.troubles >= TROUBLES:
            self.run.halt(f"The mail server does not take our mail ({answer.short}); the rest waits.")
        return None if answer.stage in {"connect", "mail"} else answer

    def wait(self, issue, seconds):
        until = time.monotonic() + seconds
        while not issue.is_over and (rest := until - time.monotonic()) > 0:
            time.sleep(min(rest, LOOK_AFTER))
            issue.may_go_on()


# --- What the database knows ------------------------------------------------------------------


def claim(edition, name, *, most):
    """Takes up to `most` due deliveries for one connection; returns (delivery, subscriber, sealed, language)."""
    with transaction.atomic():
        due = Delivery.objects.due(edition)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        chosen = list(due.values_list("pk", flat=True)[:most])
        taken = Delivery.objects.filter(pk__in=chosen, state=State.DUE)
        taken.update(state=State.CLAIMED, claim=name, claimed_at=timezone.now())
    mine = Delivery.objects.filter(pk__in=chosen, claim=name, state=State.CLAIMED)
    return list(mine.values_list("pk", "subscriber", "subscriber__sealed", "subscriber__audience__language"))


@transaction.atomic
def write_back(edition, name, outcomes):
    """Writes what became of claimed deliveries; of those that somebody else settled meanwhile nothing is said.

    Returns a dict of how many were sent and refused.
    """
    claimed = Delivery.objects.filter(claim=name, state=State.CLAIMED, edition=edition)
    sent = claimed.filter(pk__in=outcomes.with_outcome(Outcome.TAKEN)).update(state=State.SENT, claim="", code="")
    claimed.filter(pk__in=outcomes.with_outcome(Outcome.DOUBT)).update(state=State.DOUBT, claim="")
    refused = refuse(claimed, {pk: outcomes.answers[pk] for pk in outcomes.with_outcome(Outcome.NEVER)})
    for pk in outcomes.with_outcome(Outcome.LATER):
        refused += postpone(claimed.filter(pk=pk), edition, outcomes.answers[pk])
    claimed.filter(pk__in=outcomes.rows.keys() - outcomes.answers.keys()).update(state=State.DUE, claim="")
    if sent or refused:
        counts = {"sent": models.F("sent") + sent, "refused": models.F("refused") + refused}
        Edition.objects.filter(pk=edition.pk).update(**counts)
    strike([outcomes.rows[pk] for pk, answer in outcomes.answers.items() if is_bounce(answer)])
    return {"sent": sent, "refused": refused}


def refuse(claimed, answers):
    """A withdrawn edition is no refusal: there is nothing left to send, so its delivery goes."""
    withdrawn = [pk for pk, answer in answers.items() if answer.stage == "withdrawn"]
    claimed.filter(pk__in=withdrawn).delete()
    refused = 0
    for pk, answer in answers.items():
        refused += claimed.filter(pk=pk).update(state=State.REFUSED, claim="", code=answer.short)
    return refused


def postpone(claimed, edition, answer):
    """Due again later, and later each time; after two days it is given up. Returns how many were given up."""
    if edition.send_from < timezone.now() - GIVE_UP:
        return claimed.update(state=State.REFUSED, claim="", code=answer.short)
    if answer.stage == "pace":
        claimed.update(state=State.DUE, claim="", due_at=timezone.now() + dt.timedelta(seconds=5))
        return 0
    tries = claimed.values_list("tries", flat=True).first() or 0
    due_at = timezone.now() + min(dt.timedelta(minutes=5) * 2**tries, dt.timedelta(hours=4))
    claimed.update(state=State.DUE, claim="", due_at=due_at, tries=tries + 1, code=answer.short)
    return 0


def is_bounce(answer):
    return answer.outcome == Outcome.NEVER and answer.is_about_reader


def strike(subscribers):
    """Erases those whose address was refused for good several times with nothing taken in between."""
    for subscriber in subscribers:
        last = Delivery.objects.filter(subscriber=subscriber, state__in=[State.SENT, State.REFUSED]).order_by("-pk")
        codes = last.values_list("state", "code")[:HARD_BOUNCES]
        if len(codes) == HARD_BOUNCES and all(
            state == State.REFUSED and code.startswith(("rcpt 5", "dsn 5")) for state, code in codes
        ):
            signup.unsubscribe(subscriber)


# --- What the dead left behind ----------------------------------------------------------------


def settle_abandoned():
    """Brings back or settles what senders had claimed that are no more."""
    with journal.abandoned() as found:
        for name, ends in found:
            settle(name, ends)
    lost = Delivery.objects.filter(state=State.CLAIMED, claimed_at__lt=timezone.now() - FORGOTTEN)
    lost.exclude(claim__in=journal.names()).update(state=State.DOUBT, claim="", code="lost")


@transaction.atomic
def settle(name, ends):
    claimed = Delivery.objects.filter(claim=name, state=State.CLAIMED)
    for edition in Edition.objects.filter(pk__in=claimed.values("edition")):
        rows = dict(claimed.filter(edition=edition).values_list("pk", "subscriber"))
        outcomes = Outcomes(rows=rows)
        for pk in rows:
            if answer := answer_in(ends, pk):
                outcomes.answers[pk] = answer
        write_back(edition, name, outcomes)


def answer_in(ends, pk):
    """What a journal says of one delivery; None if it proves that the mail was not begun."""
    if pk in ends.ended:
        outcome, code = ends.ended[pk]
        stage, _space, digits = code.partition(" ")
        return Answer(Outcome(outcome), stage, int(digits or 0))
    if pk in ends.begun or not ends.is_whole:
        return Answer(Outcome.DOUBT)
    return None
