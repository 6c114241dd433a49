"""What must not be sent twice after an older copy of the database was brought back.

The copy knows only what had been sent by then. So nothing that was going out goes on by itself, what was in
somebody's hands is in doubt, and digests whose time passed meanwhile are not made again: a person decides.
"""

from django.utils import timezone

from newsletter.composition.digests import FIRST_SLOT, get_digest_slot
from newsletter.subscribers import addresses

from .models import Audience, Delivery, DigestRun, Edition, Subscriber

STOPPED_NOTICE = "Brought back from a copy of {taken:%Y-%m-%d %H:%M} UTC: see who had it since before you resume it."
State = Edition.State


def settle_restored_editions(taken):
    """To be called in the transaction of a restore; returns sentences for the person who does it."""
    Delivery.objects.filter(state=Delivery.State.CLAIMED).update(state=Delivery.State.DOUBT, claim="", code="restored")
    going = Edition.objects.filter(state__in=[State.COMPOSING, State.SENDING])
    stopped = going.update(state=State.STOPPED, trouble=STOPPED_NOTICE.format(taken=taken))
    passed = sum(
        skip_missed_digest(frequency, taken=taken)
        for frequency in (Audience.Frequency.DAILY, Audience.Frequency.WEEKLY)
    )
    told = [f"{stopped} editions were going out and are stopped now: resume them at the desk."] if stopped else []
    if passed:
        told.append("A digest was due since the copy was made; it is not sent again. Its news of the last day is kept.")
    return told + find_key_mismatch()


def skip_missed_digest(frequency, *, taken):
    """Whether a time of this rhythm passed since its last round, or since the copy was made where that knows of none;
    its entries of the last day stay for the next."""
    if not Audience.objects.filter(frequency=frequency).exists():
        return False
    rounds = DigestRun.objects.filter(frequency=frequency).exclude(slot=FIRST_SLOT)
    slot, last = get_digest_slot(frequency, timezone.now()), rounds.order_by("slot").last()
    known = last.slot if last else get_digest_slot(frequency, taken)
    if known >= slot:
        return False
    DigestRun.objects.create(frequency=frequency, slot=slot, until=timezone.now())
    return True


def find_key_mismatch():
    """A sentence if the keys that are set here are not those with which addresses were sealed."""
    any_one = Subscriber.objects.order_by("pk").first()
    if any_one is None or bytes(any_one.sealed[:1]) != addresses.SYMMETRIC_FORMAT:
        return []
    try:
        addresses.unseal_address(any_one.sealed, row=any_one.pk)
    except addresses.SealError:
        return ["SUBSCRIBER_KEYS here do not open the addresses of the copy: set those of its time as well."]
    return []
