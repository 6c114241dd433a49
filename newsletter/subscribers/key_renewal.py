"""After a new key was put first in SUBSCRIBER_KEYS: writes everything with it, so that the older ones can be dropped.

Both hang on these keys: what is sealed, and the blind index by which an address is found again. What cannot be opened
here can be given neither, so it is counted and named, and the older keys have to stay.
"""

from dataclasses import dataclass, field

from django.db import transaction

from newsletter.models import SignUp, Subscriber

from . import addresses, signup

BATCH_SIZE = 1000


@dataclass
class KeyRenewal:
    """How many addresses were written anew; `left` are the codes by which the desk knows those that were not."""

    renewed: int = 0
    left: list = field(default_factory=list)


def renew_keys(*, private_key=None):
    """Returns a `KeyRenewal`. Subscribers come and go meanwhile; each is a transaction, a second run does what is left.

    `private_key` opens what was sealed for SUBSCRIBER_SEAL.
    """
    renewal = KeyRenewal()
    for pk in SignUp.objects.exclude(sealed=b"").values_list("pk", flat=True).iterator(chunk_size=BATCH_SIZE):
        renewal.renewed += renew_sign_up(pk)
    for pk in Subscriber.objects.values_list("pk", flat=True).iterator(chunk_size=BATCH_SIZE):
        renew_subscriber(pk, renewal, private_key=private_key)
    return renewal


@transaction.atomic
def renew_sign_up(pk):
    """Whether it was renewed. One that cannot be opened is no loss: nobody can confirm it, and it vanishes in time."""
    sign_up = SignUp.objects.select_for_update().filter(pk=pk).exclude(sealed=b"").first()
    if sign_up is None or addresses.is_of_current_key(sign_up.sealed):
        return False
    try:
        address = sign_up.address
    except addresses.SealError:
        return False
    sign_up.sealed = addresses.seal_address(address, row=pk)
    if sign_up.fingerprint:
        sign_up.fingerprint = addresses.compute_fingerprint(addresses.normalise_address(address))
    sign_up.save(update_fields=["sealed", "fingerprint"])
    return True


@transaction.atomic
def renew_subscriber(pk, renewal, *, private_key):
    subscriber = Subscriber.objects.select_for_update().filter(pk=pk).first()
    if subscriber is None or addresses.is_sealed_as_of_today(subscriber.sealed):
        return
    try:
        address = addresses.unseal_address(subscriber.sealed, row=pk, private_key=private_key)
    except addresses.SealError:
        renewal.left.append(subscriber.code)
        return
    write_anew(subscriber, address)
    renewal.renewed += 1


def write_anew(subscriber, address):
    """Who signed up again while nobody could tell that they were known has two rows: the newer choice stays."""
    before = subscriber.fingerprint
    signup.set_sealed_address(subscriber, address)
    if Subscriber.objects.filter(fingerprint=subscriber.fingerprint).exclude(pk=subscriber.pk).exists():
        signup.erase_rows([subscriber.pk])
        return
    subscriber.save(update_fields=["sealed", "fingerprint"])
    SignUp.objects.filter(fingerprint=before, sealed=b"").update(fingerprint=subscriber.fingerprint)
