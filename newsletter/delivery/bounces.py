"""Reads what mail servers send back: which reader's mail came back, and whether for good.

Nothing of a bounce is kept but a code (RFC 3463). It is told apart by the address it was sent to, which carries
a token (VERP), or by our own link in the part of the mail that came back with it. A complaint (RFC 5965) is a wish to
leave. Not here: how a mail provider reports the same (`webhooks.py`).
"""

import mailbox
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from django.db import models, transaction

from newsletter.mail.results import STATUS_PATTERN, Outcome, explain_answer, is_address_fault
from newsletter.models import Delivery, Edition
from newsletter.subscribers import links, signup

ABUSE_PATTERN = re.compile(r"(?im)^Feedback-Type:\s*abuse\b")
BOUNCE_TAG_PATTERN = re.compile(r"\+(\d+)-([0-9a-f]{20})@")
MESSAGE_ID_PATTERN = re.compile(r"(?im)^Message-ID:\s*<([0-9a-f]{40})@")
TOKEN_LINK_PATTERN = re.compile(r"/newsletter/(?:unsubscribe|preferences)/([\w-]{38})/")

State = Delivery.State
MAX_RECENT_DELIVERIES = 50  # mails to a reader, among which that of a report is looked for
MAX_HARD_BOUNCES = 3  # refusals of an address in a row, after which it is erased
COMPLAINT, OPT_OUT = "complaint", "leaving"  # in place of a status: other ways to say “no more”


@dataclass(frozen=True)
class Bounce:
    """`row` is the subscriber, `status` an enhanced status code such as 5.1.1, COMPLAINT or OPT_OUT.

    `mails` are the names (`links.make_message_id`) in it that may be of the mail it is about.
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
    message = message_from_bytes(raw, policy=policy.default)
    status = find_report_status(message)
    row = find_subscriber_row(message, raw)
    return Bounce(row, status, mails=find_message_ids(raw.decode("ascii", "replace"))) if status and row else None


def find_message_ids(text):
    return frozenset(MESSAGE_ID_PATTERN.findall(text))


def find_report_status(message):
    """The status of a delivery report (RFC 3464) that says that a mail failed, COMPLAINT, or "" for anything else."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            return find_failure_status(part.get_payload())
        if part.get_content_type() == "message/feedback-report":
            return COMPLAINT if ABUSE_PATTERN.search(str(part)) else ""
    return ""


def find_failure_status(blocks):
    for fields in blocks:
        if str(fields.get("Action", "")).strip().lower() == "failed":
            found = STATUS_PATTERN.search(str(fields.get("Status", "")))
            return found[0] if found else ""
    return ""


def find_subscriber_row(message, raw):
    sent_to = " ".join(str(message.get(name, "")) for name in ("To", "Delivered-To", "X-Original-To"))
    if (found := BOUNCE_TAG_PATTERN.search(sent_to)) and (row := links.read_bounce_tag(found[1], found[2])):
        return row
    for found in TOKEN_LINK_PATTERN.finditer(raw.decode("ascii", "replace")):
        for purpose in (links.UNSUBSCRIBE, links.PREFERENCES):
            if row := links.read_token(found[1], purpose):
                return row
    return None


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
    elif bounce.is_final:
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
