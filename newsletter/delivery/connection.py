"""One connection to the mail server: takes a batch of deliveries, hands over one mail after the other, notes each.

The journal is told before and after each mail, the database after each batch. Not here: what a claim is
(`claims.py`), whether an edition may go on and how many connections there are (`sending.py`).
"""

import logging
import time

from django.db import connections
from django.utils import timezone

from newsletter.mail.results import BatchResults, Outcome, SendResult
from newsletter.mail.transport import open_transport
from newsletter.subscribers import addresses, links

from .claims import claim_deliveries, get_next_due_at, is_still_wanted, record_outcomes
from .send_log import SendLog

logger = logging.getLogger(__name__)

MAX_BATCH_SIZE = 200  # deliveries claimed at once
TARGET_BATCH_SECONDS = 0.5  # seconds, about
MAX_BATCH_SECONDS = 60  # seconds at most; then the rest is given back
INITIAL_BATCH_SIZE = 20  # before it is known how quickly the server answers
POLL_SECONDS = 0.5  # seconds, the longest that nothing is looked at while waiting
MAX_HOLD_SECONDS = (
    30  # seconds that a connection waits for a domain to take mail again; beyond that the next run goes on
)
MAX_CONSECUTIVE_FAILURES = 3  # in a row, until the server is left in peace
SLOW_SERVER_SECONDS = 0.004  # seconds a mail, from which on several connections are worth it


class DeliveryConnection:
    """One connection to the mail server with its journal."""

    def __init__(self, run):
        self.run = run
        self.transport = open_transport()
        self.log = SendLog()
        self.current_delivery = None  # the delivery that is being handed over
        self.claimed_at = 0.0
        self.failures = 0
        self.seconds_per_mail = 0.0
        self.quickest = float("inf")  # seconds that the server took for one mail at least

    def work(self):
        """For a thread of its own."""
        try:
            self.send_all()
        except Exception:
            logger.exception("A connection ended; what it had claimed is settled by the next run.")
            self.run.halt("A connection ended with an error; see the log.")
        finally:
            self.close()
            connections.close_all()

    def close(self):
        self.transport.close()
        self.log.close()

    def begin(self):
        """The first few mails, by which the server shows how quickly it answers."""
        for issue in self.run.issues:
            if self.send_batch_safely(issue, INITIAL_BATCH_SIZE):
                break

    @property
    def is_slow(self):
        return SLOW_SERVER_SECONDS < self.quickest < float("inf")

    def send_all(self):
        """All editions, and again as long as the limit of a domain is all that keeps mail."""
        again = True
        while again:
            for issue in self.run.issues:
                self.send_in_batches(issue)
            again = self.run.limiter.per_domain and self.wait_for_next_due()

    def send_in_batches(self, issue):
        most = claimed = self.get_batch_size()
        while not issue.is_over and claimed == most:  # fewer: there were no more
            most = self.get_batch_size()
            claimed = self.send_batch_safely(issue, most)

    def wait_for_next_due(self):
        """Waits for the next mail that is put off, if that is soon; returns whether there is something to send."""
        going = [issue for issue in self.run.issues if not issue.is_over]
        due_at = get_next_due_at([issue.edition for issue in going])
        until = due_at and time.monotonic() + (due_at - timezone.now()).total_seconds()
        if not until or until - time.monotonic() > MAX_HOLD_SECONDS:
            return False
        while time.monotonic() < until and any(issue.should_continue() for issue in going):
            time.sleep(max(0, min(until - time.monotonic(), POLL_SECONDS)))
        return any(not issue.is_over for issue in going)

    def send_batch_safely(self, issue, most):
        """As `send_batch`; an edition that cannot be sent does not keep the others waiting."""
        try:
            return self.send_batch(issue, most)
        except Exception:
            logger.exception("Edition %s ended with an error.", issue.edition.pk)
            self.run.trouble = f"Edition {issue.edition.pk} ended with an error; see the log."
            issue.is_over = True
            return 0

    def get_batch_size(self):
        """As many as are done in short time: who leaves now is not to get what was claimed long ago."""
        if not self.seconds_per_mail:
            return INITIAL_BATCH_SIZE
        return max(5, min(MAX_BATCH_SIZE, int(TARGET_BATCH_SECONDS / self.seconds_per_mail)))

    def send_batch(self, issue, most):
        """Claims, sends, writes back; returns how many it claimed."""
        rows = claim_deliveries(issue.edition, self.log.name, most=most)
        outcomes = BatchResults(rows={claimed.pk: claimed.subscriber for claimed in rows})
        self.claimed_at = begun = time.monotonic()
        try:
            for claimed in rows:
                if not issue.should_continue() or time.monotonic() - begun > MAX_BATCH_SECONDS:
                    break
                if answer := self.deliver(issue, claimed):
                    outcomes.answers[claimed.pk] = answer
        finally:
            if self.current_delivery is not None:  # an error nobody foresaw, between the last word and the answer
                outcomes.answers[self.current_delivery] = SendResult(Outcome.DOUBT)
                self.current_delivery = None
            if rows:
                self.run.count(**record_outcomes(issue.edition, self.log.name, outcomes))
                self.log.clear()
        if outcomes.answers:
            self.seconds_per_mail = (time.monotonic() - begun) / len(outcomes.answers)
        return len(rows)

    def deliver(self, issue, claimed):
        """One mail. Returns the `SendResult`; None if it was not begun and stays due."""
        if not issue.edition.is_for(claimed) or issue.get_merge_for(claimed.language) is None:
            return SendResult(Outcome.NEVER, "withdrawn")
        try:
            to = addresses.unseal_address(claimed.sealed, row=claimed.subscriber, private_key=self.run.private_key)
        except addresses.SealError:
            return SendResult(Outcome.LATER, "sealed")
        domain = to.rpartition("@")[2]
        if not self.wait_for_slot(issue, domain):
            if issue.is_over:
                return None
            return SendResult(Outcome.LATER, "pace", retry_after=self.run.limiter.get_delay(domain))
        # Who left, or chose something else, while their mail waited for its turn is not written to.
        waited = time.monotonic() - self.claimed_at > POLL_SECONDS
        if waited and not is_still_wanted(issue.edition, self.log.name, claimed):
            return None
        letter = issue.get_merge_for(claimed.language)  # what it said before it waited may be withdrawn
        if letter is None:
            return SendResult(Outcome.NEVER, "withdrawn")
        return self.judge(self.hand_over(letter, issue.edition, claimed, to=to))

    def hand_over(self, letter, edition, claimed, *, to):
        raw = letter.render_for(
            to=to,
            message_id=links.make_message_id("edition", edition.pk, claimed.subscriber),
            unsubscribe=links.make_token(claimed.subscriber, links.UNSUBSCRIBE),
            preferences=links.make_token(claimed.subscriber, links.PREFERENCES),
        )
        self.log.begin(claimed.pk)
        self.current_delivery = claimed.pk
        begun = time.monotonic()
        answer = self.transport.send(raw, sender=links.build_envelope_sender(claimed.subscriber), recipient=to)
        self.quickest = min(self.quickest, time.monotonic() - begun)
        self.log.end(claimed.pk, answer.outcome.value, answer.code_text)
        self.current_delivery = None
        return answer

    def judge(self, answer):
        """Stops the run after several troubles in a row. A server that does not listen is nobody's fault: due again."""
        if not answer.is_server_failure:
            self.failures = 0
            return answer
        self.failures += 1
        if self.failures >= MAX_CONSECUTIVE_FAILURES:
            self.run.halt(f"The mail server does not take our mail ({answer.code_text}); the rest waits.")
        return None if answer.stage in {"connect", "mail"} else answer

    def wait_for_slot(self, issue, domain):
        """Waits for the turn of a mail; False if its domain takes none now or the edition is over."""
        limiter = self.run.limiter
        if limiter.is_busy(domain):
            return False
        while not issue.is_over and (seconds := limiter.wait()):
            time.sleep(min(seconds, POLL_SECONDS))
            issue.should_continue()
        if issue.is_over:
            return False
        if limiter.is_free(domain):
            return True
        limiter.give_back()
        return False
