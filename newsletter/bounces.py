"""Reads what mail servers send back: which reader's mail came back, and whether for good.

Nothing of a bounce is kept but a code (RFC 3463). It is told apart by the address it was sent to, which carries
a token (VERP), or by our own link in the part of the mail that came back with it.
"""

import mailbox
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from django.db import transaction

from . import links
from .models import Delivery, Edition
from .sending import strike

STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
TAGGED = re.compile(r"\+(\d+)-([0-9a-f]{20})@")
LINK = re.compile(r"/newsletter/(?:unsubscribe|preferences)/([\w-]{38})/")


@dataclass(frozen=True)
class Bounce:
    """`row` is the subscriber, `status` an enhanced status code such as 5.1.1."""

    row: int
    status: str

    @property
    def is_final(self):
        """5.2.2 is a full mailbox, which may be emptied."""
        return self.status.startswith("5.") and self.status != "5.2.2"


# --- Reading ----------------------------------------------------------------------------------


def messages_in(path):
    """The raw messages of a Maildir, an mbox, a folder of .eml files, or one such file."""
    path = Path(path)
    if (path / "new").is_dir() and (path / "cur").is_dir():
        return (box.as_bytes() for box in mailbox.Maildir(path, create=False))
    if path.is_dir():
        return (file.read_bytes() for file in sorted(path.glob("*.eml")))
    if path.read_bytes()[:5] == b"From ":
        return (box.as_bytes() for box in mailbox.mbox(path, create=False))
    return iter([path.read_bytes()])


def read(raw):
    """The `Bounce` that a message tells of; None if it is none of ours."""
    message = message_from_bytes(raw, policy=policy.default)
    status = status_of(message)
    row = row_of(message, raw)
    return Bounce(row, status) if status and row else None


def status_of(message):
    """The status of a delivery report (RFC 3464) that says that a mail failed; "" for anything else."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for fields in part.get_payload():
                if str(fields.get("Action", "")).strip().lower() == "failed":
                    found = STATUS.search(str(fields.get("Status", "")))
                    return found[0] if found else ""
    return ""


def row_of(message, raw):
    sent_to = " ".join(str(message.get(name, "")) for name in ("To", "Delivered-To", "X-Original-To"))
    if (found := TAGGED.search(sent_to)) and (row := links.read_bounce_tag(found[1], found[2])):
        return row
    for found in LINK.finditer(raw.decode("ascii", "replace")):
        for purpose in (links.UNSUBSCRIBE, links.PREFERENCES):
            if row := links.read_token(found[1], purpose):
                return row
    return None


# --- What follows -----------------------------------------------------------------------------


def take_note(messages):
    """Writes down what came back and erases who cannot be reached; returns how many bounces were final."""
    final = [bounce for raw in messages if (bounce := read(raw)) and bounce.is_final]
    for bounce in final:
        mark(bounce)
    return len(final)


@transaction.atomic
def mark(bounce):
    """The newest mail that the server had taken counts as refused; the same report read twice changes nothing more."""
    sent = Delivery.objects.filter(subscriber=bounce.row).exclude(state=Delivery.State.DUE)
    last = sent.select_related("edition").order_by("-pk").first()
    if last is None or last.state == Delivery.State.REFUSED:
        return
    Delivery.objects.filter(pk=last.pk).update(state=Delivery.State.REFUSED, code=f"dsn {bounce.status}"[:12])
    if last.state == Delivery.State.SENT:
        edition = Edition.objects.select_for_update().get(pk=last.edition_id)
        edition.sent, edition.refused = max(0, edition.sent - 1), edition.refused + 1
        edition.save(update_fields=["sent", "refused"])
    strike([bounce.row])
