"""What can happen to a subscription: sign up, confirm, change, unsubscribe, be forgotten.

Plain functions, each one transaction. Not here: the mail that asks for confirmation (`confirmation.py`), links
(`links.py`), who is asking and how often (`forms.py`, `views.py`), a change of keys (`key_renewal.py`).
"""

import datetime as dt
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from audit import erasures
from newsletter.models import Audience, Delivery, Erasure, SignUp, Subscriber

from . import addresses

# Raised whenever the sentence of consent on the form changes its meaning; each subscriber keeps the one they read.
CONSENT_VERSION = "2026-11"

# Sign-ups an hour over all visitors, since no visitor is told from another. A form that was not fetched from
# us first is served as long as there is room for many others.
MAX_HOURLY_SIGN_UPS = 2000
MAX_HOURLY_UNSTAMPED_SIGN_UPS = 500


@dataclass(frozen=True)
class ConfirmationResult:
    """What a confirmation came to: the subscriber, and whether this very click made the difference."""

    subscriber: Subscriber
    is_first_confirmation: bool


def get_or_create_audience(*, language, frequency, query):
    """To be called in the transaction that refers to it: held, so that nobody takes it for one that is not used."""
    wish = {"language": language, "frequency": frequency, "query": query}
    while True:
        made = Audience.objects.get_or_create(**wish)[0]
        if held := Audience.objects.select_for_update(no_key=True).filter(pk=made.pk).first():
            return held


def request_sign_up(address, *, language, frequency, query="", stamped=True):
    """Takes note that this address asked for mail. Does the same work for every address, known or not.

    Returns the sign-up, or None if too many came within the hour.
    """
    hour = timezone.now() - dt.timedelta(hours=1)
    if SignUp.objects.filter(asked_at__gt=hour).count() >= (
        MAX_HOURLY_SIGN_UPS if stamped else MAX_HOURLY_UNSTAMPED_SIGN_UPS
    ):
        return None
    return create_sign_up(address, language=language, frequency=frequency, query=query)


@transaction.atomic
def create_sign_up(address, *, language, frequency, query):
    """A sign-up that the ceilings do not bound, for addresses that staff bring."""
    sign_up = SignUp(audience=get_or_create_audience(language=language, frequency=frequency, query=query))
    sign_up.sealed = addresses.seal_address(address, row=sign_up.pk)
    sign_up.save(force_insert=True)
    return sign_up


@transaction.atomic
def confirm_sign_up(row):
    """Makes a subscriber of the sign-up in this row, or changes what one who was subscribed already gets.

    Returns a `ConfirmationResult`; None if there is no such sign-up, it is too old, or no key opens it any more.
    """
    sign_up = SignUp.objects.confirmable().select_for_update().filter(pk=row).first()
    if sign_up is None:
        return None
    if sign_up.is_confirmed:
        subscriber = Subscriber.objects.filter(fingerprint=sign_up.fingerprint).first()
        return subscriber and ConfirmationResult(subscriber, is_first_confirmation=False)
    try:
        subscriber = save_subscriber(sign_up)
    except addresses.SealError:
        return None
    SignUp.objects.filter(fingerprint=subscriber.fingerprint).exclude(pk=row).delete()
    sign_up.sealed = b""
    sign_up.due_at = None
    sign_up.fingerprint = subscriber.fingerprint
    sign_up.save()
    return ConfirmationResult(subscriber, is_first_confirmation=True)


def save_subscriber(sign_up):
    """Written with the newest key, whichever the row had."""
    address = addresses.normalise_address(sign_up.address)
    subscriber = Subscriber.objects.select_for_update().at_address(address).first()
    subscriber = subscriber or Subscriber(pk=sign_up.pk)
    subscriber.audience = sign_up.audience
    subscriber.confirmed_on = timezone.localdate()
    subscriber.consent = CONSENT_VERSION
    set_sealed_address(subscriber, address)
    subscriber.save()
    drop_unwanted_mail(subscriber)
    return subscriber


def set_sealed_address(row, address):
    row.sealed = addresses.seal_confirmed_address(address, row=row.pk)
    row.fingerprint = addresses.compute_fingerprint(address)


@transaction.atomic
def change_subscription(subscriber, *, language, frequency, query):
    """From now on they get this instead; what waits to be sent for the old choice is left out."""
    subscriber.audience = get_or_create_audience(language=language, frequency=frequency, query=query)
    subscriber.save(update_fields=["audience"])
    drop_unwanted_mail(subscriber)


def drop_unwanted_mail(subscriber):
    """Takes back what waits and is not of the present choice; a mail in a sender's hands is judged there again."""
    waiting = Delivery.objects.filter(subscriber=subscriber, state=Delivery.State.DUE).select_related("edition")
    unwanted = [one.pk for one in waiting if not one.edition.is_for(subscriber.audience)]
    Delivery.objects.filter(pk__in=unwanted).delete()


@transaction.atomic
def unsubscribe(row):
    """Erases whoever this row is: address, choices, mail that waits. Returns whether there was anybody.

    Only the number of the row is kept, so that a restored copy of the database does not bring them back.
    """
    marks = set(Subscriber.objects.filter(pk=row).values_list("fingerprint", flat=True))
    marks |= set(SignUp.objects.filter(pk=row, sealed=b"").values_list("fingerprint", flat=True))
    rows = {row} | set(Subscriber.objects.filter(fingerprint__in=marks).values_list("pk", flat=True))
    gone = SignUp.objects.filter(fingerprint__in=marks).delete()[0]
    return erase_rows(rows) + gone > 0


def erase_rows(rows):
    """Deletes these rows for good; returns how many things there were to delete. Also for restored databases."""
    deleted = SignUp.objects.filter(pk__in=rows).delete()[0]
    deleted += Subscriber.objects.filter(pk__in=rows).delete()[0]
    if deleted:
        Erasure.objects.bulk_create([Erasure(pk=row) for row in rows], ignore_conflicts=True)
        erasures.record_erasures(erasures.SUBSCRIBER, rows)
    return deleted


@transaction.atomic
def delete_unconfirmed_sign_ups():
    """Deletes sign-ups that are too old to be confirmed and wishes that nobody has any more; returns how many
    sign-ups those were."""
    forgotten = SignUp.objects.expired().delete()[0]
    # Held before it is judged: somebody may be asking for the same at this moment.
    held = Audience.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    unused = Audience.objects.filter(pk__in=list(held.filter(get_unused()).values_list("pk", flat=True)))
    unused.filter(get_unused()).delete()
    return forgotten


def get_unused():
    return ~Exists(Subscriber.objects.filter(audience=OuterRef("pk"))) & ~Exists(
        SignUp.objects.filter(audience=OuterRef("pk"))
    )
