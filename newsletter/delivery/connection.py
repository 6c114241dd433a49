"""One connection to the mail server: takes a batch of deliveries, hands over one mail after the other, notes each.

The journal is told before and after each mail, the database after each batch. Not here: what a claim is
(`claims.py`), whether an edition may go on and how many connections there are (`sending.py`).
"""

import logging
import time

from django.db import connections
from django.utils import timezone

from newsletter.composition import letters
from newsletter.mail.results import Answer, Outcome, Outcomes
from newsletter.mail.transport import open_wire
from newsletter.models import Delivery
from newsletter.subscribers import addresses, links

from .claims import claim, next_due, write_back
from .send_log import Journal

logger = logging.getLogger(__name__)

BATCH = 200  # deliveries claimed at once
BATCH_TAKES = 0.5  # seconds, about
BATCH_LASTS = 60  # seconds at most; then the rest is given back
FIRST_MAILS = 20  # before it is known how quickly the server answers
MOMENT = 0.5  # seconds, the longest that nothing is looked at while waiting
HOLD = 30  # seconds that a connection waits for a domain to take mail again; beyond that the next run goes on
TROUBLES = 3  # in a row, until the server is left in peace
SLOW = 0.004  # seconds a mail, from which on several connections are worth it


class Postman:
    """One connection to the mail server with its journal."""

    def __init__(self, run):
        self.run = run
        self.wire = open_wire()
        self.journal = Journal()
        self.in_hands = None  # the delivery that is being handed over
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
            if self.do_safely(issue, FIRST_MAILS):
                break

    @property
    def is_slow(self):
        return SLOW < self.quickest < float("inf")

    def go_round(self):
        """All editions, and again as long as the limit of a domain is all that keeps mail."""
        again = True
        while again:
            for issue in self.run.issues:
                self.go_through(issue)
            again = self.run.pace.per_domain and self.hold()

    def go_through(self, issue):
        most = claimed = self.fitting()
        while not issue.is_over and claimed == most:  # fewer: there were no more
            most = self.fitting()
            claimed = self.do_safely(issue, most)

    def hold(self):
        """Waits for the next mail that is put off, if that is soon; returns whether there is something to send."""
        going = [issue for issue in self.run.issues if not issue.is_over]
        due_at = next_due([issue.edition for issue in going])
        until = due_at and time.monotonic() + (due_at - timezone.now()).total_seconds()
        if not until or until - time.monotonic() > HOLD:
            return False
        while time.monotonic() < until and any(issue.may_go_on() for issue in going):
            time.sleep(max(0, min(until - time.monotonic(), MOMENT)))
        return any(not issue.is_over for issue in going)

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
            return FIRST_MAILS
        return max(5, min(BATCH, int(BATCH_TAKES / self.seconds_a_mail)))

    def is_there(self, pk):
        """Who left while their mail waited for its turn is not written to."""
        return Delivery.objects.filter(pk=pk, claim=self.journal.name).exists()

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
            if self.in_hands is not None:  # an error nobody foresaw, between the last word and the answer
                outcomes.answers[self.in_hands] = Answer(Outcome.DOUBT)
                self.in_hands = None
            if rows:
                self.run.count(**write_back(issue.edition, self.journal.name, outcomes))
                self.journal.clear()
        if outcomes.answers:
            self.seconds_a_mail = (time.monotonic() - begun) / len(outcomes.answers)
        return len(rows)

    def deliver(self, issue, pk, subscriber, sealed, language):
        """One mail. Returns the Answer; None if it was not begun and stays due."""
        if issue.print_for(language) is None:
            return Answer(Outcome.NEVER, "withdrawn")
        try:
            to = addresses.open_sealed(sealed, row=subscriber, private_key=self.run.private_key)
        except addresses.SealError:
            return Answer(Outcome.LATER, "sealed")
        domain = to.rpartition("@")[2]
        asked = time.monotonic()
        if not self.may_leave(issue, domain):
            return None if issue.is_over else Answer(Outcome.LATER, "pace", again=self.run.pace.put_off(domain))
        if time.monotonic() - asked > MOMENT and not self.is_there(pk):
            return None
        letter = issue.print_for(language)  # what it said before it waited may be withdrawn
        if letter is None:
            return Answer(Outcome.NEVER, "withdrawn")
        raw = letter.filled(
            to=to,
            message_id=letters.message_name("edition", issue.edition.pk, subscriber),
            unsubscribe=links.make_token(subscriber, links.UNSUBSCRIBE),
            preferences=links.make_token(subscriber, links.PREFERENCES),
        )
        self.journal.begin(pk)
        self.in_hands = pk
        begun = time.monotonic()
        answer = self.wire.hand_over(raw, sender=links.envelope_sender(subscriber), recipient=to)
        self.quickest = min(self.quickest, time.monotonic() - begun)
        self.journal.end(pk, answer.outcome.value, answer.short)
        self.in_hands = None
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

    def may_leave(self, issue, domain):
        """Waits for the turn of a mail; False if its domain takes none now or the edition is over."""
        pace = self.run.pace
        if pace.is_busy(domain):
            return False
        while not issue.is_over and (seconds := pace.wait()):
            time.sleep(min(seconds, MOMENT))
            issue.may_go_on()
        if issue.is_over:
            return False
        if pace.is_free(domain):
            return True
        pace.give_back()
        return False
