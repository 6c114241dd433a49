"""Answers sign-ups: one confirmation mail each, soon, and at most one a day to an address.

A sign-up waits in the database until its mail was taken by the mail server, so a crash, a hanging or refusing
server loses none. It is leased while it is worked on: if the worker dies, it is due again after the lease,
and in the moment between sending and noting that, the same mail (same Message-ID) may go out twice.
"""

import datetime as dt
import logging

from django.db import IntegrityError, transaction
from django.utils import timezone

from newsletter.mail.results import SEND_ERRORS, Outcome, SendResult, classify_error
from newsletter.models import SignUp
from staff.lockdown import is_locked

from . import addresses, signup, subscriber_mail

logger = logging.getLogger(__name__)

MIN_MAIL_INTERVAL = dt.timedelta(hours=24)
LEASE = dt.timedelta(minutes=3)
LOCKDOWN_DELAY = dt.timedelta(minutes=1)
MIN_RETRY_DELAY = dt.timedelta(minutes=1)


def send_due_confirmations():
    """Works off what is due and forgets what is too old. Returns when the next attempt is due, or None.

    Under lockdown sign-ups wait, as everything does that leaves in the name of the organisation.
    """
    signup.delete_unconfirmed_sign_ups()
    listens = True
    while listens and not is_locked() and (sign_up := lease_sign_up()):
        if prepare_sign_up(sign_up):
            listens = send_confirmation(sign_up)
    if is_locked():
        return timezone.now() + LOCKDOWN_DELAY
    return SignUp.objects.exclude(due_at=None).order_by("due_at").values_list("due_at", flat=True).first()


def lease_sign_up():
    """Leases the sign-up that waits longest, or returns None if none is due."""
    for sign_up in SignUp.objects.due().select_related("audience")[:20]:
        until = timezone.now() + LEASE
        if SignUp.objects.filter(pk=sign_up.pk, due_at=sign_up.due_at).update(due_at=until):
            sign_up.due_at = until
            return sign_up
    return None


def prepare_sign_up(sign_up):
    """Whether this sign-up shall get a mail."""
    try:
        known = addresses.compute_fingerprints(addresses.normalise_address(sign_up.address))
        with transaction.atomic():
            return replace_earlier_sign_ups(sign_up, known)
    except addresses.AddressError:
        sign_up.delete()
    except addresses.SealError as error:
        logger.error("A sign-up waits: %s", error)
    except IntegrityError:  # another worker answers the same address at this moment
        sign_up.delete()
    return False


def replace_earlier_sign_ups(sign_up, known):
    """Makes this the one sign-up of its address, unless that had its mail within a day.

    Then the earlier sign-up stands, with the newer choices as long as it is not confirmed. They are shown
    before anything is confirmed, so nobody can choose for another.
    """
    others = SignUp.objects.select_for_update().filter(fingerprint__in=known).exclude(pk=sign_up.pk)
    for other in others:
        if other.asked_at > timezone.now() - MIN_MAIL_INTERVAL:
            SignUp.objects.filter(pk=other.pk).exclude(sealed=b"").update(audience=sign_up.audience)
            sign_up.delete()
            return False
        other.delete()
    sign_up.fingerprint = known[0]
    sign_up.save(update_fields=["fingerprint"])
    return True


def send_confirmation(sign_up):
    """Sends the mail and notes that it went, or when to try again. Returns whether the server still listens."""
    result = send_confirmation_mail(sign_up)
    is_over = result.outcome in {Outcome.TAKEN, Outcome.NEVER}
    due = None if is_over else timezone.now() + get_retry_delay(sign_up)
    SignUp.objects.filter(pk=sign_up.pk).update(due_at=due)
    return not result.is_server_failure


def send_confirmation_mail(sign_up):
    message = subscriber_mail.build_confirmation_mail(sign_up, address=addresses.normalise_address(sign_up.address))
    try:
        message.send()
    except SEND_ERRORS as error:
        result = classify_error(error)
        # The error's own text may quote the address.
        logger.warning("A confirmation mail was not taken: %s %s", type(error).__name__, result.code_text)
        return result
    return SendResult(Outcome.TAKEN)


def get_retry_delay(sign_up):
    """Longer each time: half as long as it has been waiting."""
    return max(MIN_RETRY_DELAY, (timezone.now() - sign_up.asked_at) / 2)
