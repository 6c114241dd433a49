"""What follows when mail comes back: it counts as refused, and who cannot be reached or complains is erased.

Nothing of a message is kept but a code (RFC 3463). A complaint is a wish to leave. Not here: how a message is read
(`returned_mail.py`), how a mail provider reports the same (`webhooks.py`).
"""

import datetime as dt
import mailbox
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from django.db import models, transaction
from django.utils import timezone

from newsletter.mail.results import Outcome, explain_answer, is_address_fault, is_unreachable
from newsletter.models import Delivery, Edition
from newsletter.subscribers import links, signup

from .returned_mail import find_failure, find_message_ids, find_subscriber_row, is_complaint, parse_returned_mail

State = Delivery.State
MAX_RECENT_DELIVERIES = 50  # mails to a reader, among which that of a report is looked for
MAX_HARD_BOUNCES = 3  # refusals of an address in a row, after which it is erased
# Nothing arrived for so long, though nobody ever refused it for good: servers that are gone answer nothing.
UNREACHABLE_PERIOD = dt.timedelta(days=30)
COMPLAINT, OPT_OUT = "complaint", "leaving"  # in place of a status: other ways to say “no more”


@dataclass(frozen=True)
class Bounce:
    """`row` is the subscriber, `status` an enhanced status code such as 5.1.1, COMPLAINT or OPT_OUT.

    A status of class 4 means that the server gave up what it could not deliver for now. `mails` are the names
    (`links.make_message_id`) in it that may be of the mail it is about.
    """

    row: int
    status: str
    mails: frozenset = frozenset()

    @property
    def is_complaint(self):
        return self.status == COMPLAINT

    @property
    def is_final(self):
        return explain_answer(f"dsn {self.status}")[1] == Outcome.NEVER

    @property
    def is_given_up(self):
        """Whether the machine of its address could not be found or reached as long as that was tried."""
        return self.status.startswith(("4.1.", "4.4."))


# --- Reading ----------------------------------------------------------------------------------


def read_messages(path):
    """The raw messages of a Maildir, an mbox, a folder of .eml files, or one such file."""
    path = Path(path)
    if (path / "new").is_dir() and (path / "cur").is_dir():
        return (box.as_bytes() for box in mailbox.Maildir(path, create=False))
    if path.is_dir():
        return (file.read_bytes() for file in sorted(path.glob("*.eml")))
    if path.read_bytes()[:5] == b"From ":
        return (box.as_bytes() for box in mailbox.mbox(path, create=False))
    return iter([path.read_bytes()])


def parse_bounce(raw):
    """The `Bounce` that a message tells of; None if it is none of ours."""
    mail = parse_returned_mail(raw)
    status = COMPLAINT if is_complaint(mail) else find_failure(mail)
    row = find_subscriber_row(mail) if status else None
    return None if row is None else Bounce(row, status, mails=find_message_ids(mail.everything))


# --- What follows -----------------------------------------------------------------------------


def process_bounce_messages(messages):
    """Writes down what came back and erases who cannot be reached; returns how many were final, and complaints."""
    bounces = [bounce for raw in messages if (bounce := parse_bounce(raw))]
    for bounce in bounces:
        handle_bounce(bounce)
    return sum(bounce.is_final for bounce in bounces), sum(bounce.is_complaint for bounce in bounces)


def handle_bounce(bounce):
    if bounce.is_complaint:
        record_complaint(bounce)
    elif bounce.status == OPT_OUT:
        signup.unsubscribe(bounce.row)
    elif bounce.is_final or bounce.is_given_up:
        record_bounce(bounce)


@transaction.atomic
def record_bounce(bounce):
    """The mail that the server had taken counts as refused; the same report read twice changes nothing more."""
    last = find_bounced_delivery(bounce)
    if last is None or last.state == State.REFUSED:
        return
    Delivery.objects.filter(pk=last.pk).update(state=State.REFUSED, code=f"dsn {bounce.status}"[:12])
    if last.state == State.SENT:
        edition = Edition.objects.select_for_update().get(pk=last.edition_id)
        edition.sent, edition.refused = max(0, edition.sent - 1), edition.refused + 1
        edition.save(update_fields=["sent", "refused"])
    erase_unreachable([bounce.row])
    erase_long_unreachable(bounce.row, until=last.pk)


def find_bounced_delivery(bounce):
    """The delivery that it is about, or else the newest to this subscriber that was tried; None if there was none."""
    tried = Delivery.objects.filter(subscriber=bounce.row).exclude(state=State.DUE).order_by("-pk")
    for one in tried[:MAX_RECENT_DELIVERIES] if bounce.mails else ():
        if links.make_message_id("edition", one.edition_id, bounce.row) in bounce.mails:
            return one
    return tried.first()


@transaction.atomic
def record_complaint(bounce):
    """Whoever calls our mail unwanted has left: counted with the edition it is about, and erased."""
    if last := find_bounced_delivery(bounce):
        Edition.objects.filter(pk=last.edition_id).update(complaints=models.F("complaints") + 1)
    signup.unsubscribe(bounce.row)


def erase_unreachable(subscribers):
    """Erases those whose address was refused for good several times with nothing taken in between."""
    for subscriber in subscribers:
        last = Delivery.objects.filter(subscriber=subscriber, state__in=[State.SENT, State.REFUSED]).order_by("-pk")
        codes = last.values_list("state", "code")[:MAX_HARD_BOUNCES]
        if len(codes) == MAX_HARD_BOUNCES and all(
            state == State.REFUSED and is_address_fault(code) for state, code in codes
        ):
            signup.unsubscribe(subscriber)


def erase_long_unreachable(subscriber, *, until):
    """Erases one whose mails up to the delivery `until` all came back, or were given up, for UNREACHABLE_PERIOD.

    Those after it are left out: what a server gives up after days was followed by mails it has still in hand.
    """
    tried = Delivery.objects.filter(subscriber=subscriber, pk__lte=until, state__in=[State.SENT, State.REFUSED])
    rows = tried.order_by("-pk").values_list("state", "code", "claimed_at")
    lost = list(takewhile(lambda row: row[0] == State.REFUSED and is_unreachable(row[1]), rows.iterator()))
    if len(lost) >= MAX_HARD_BOUNCES and (lost[-1][2] or timezone.now()) < timezone.now() - UNREACHABLE_PERIOD:
        signup.unsubscribe(subscriber)
