"""What we hold about one subscriber, in words of their language: on a page, and by mail to themselves.

The page shows the address in part, since its link may have been forwarded; the mail goes to the address and shows it.
Not here: how the mail looks (`composition/letters.py`).
"""

import logging

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_tasks import task

from newsletter.composition import letters
from newsletter.delivery.tasks import try_again
from newsletter.models import Subscriber
from staff.login.throttle import DAY, Limit, spend

from . import audience_filters
from .addresses import SealError
from .confirmation import NOT_TAKEN

logger = logging.getLogger(__name__)

ONCE_A_DAY = Limit("held", 1, DAY)


def facts(subscriber, *, address):
    """(name, value) of everything that is stored, as plain text in the active language."""
    wish = audience_filters.in_words(subscriber.audience)
    return [
        (_("Address"), address or _("sealed: we cannot open it here")),
        (_("Mark by which we find the address again"), subscriber.fingerprint),
        (_("Number of your row, from which your links are made"), str(subscriber.pk)),
        (_("What you get"), wish["what"]),
        (_("Language"), wish["language_itself"]),
        (_("About"), wish["about"]),
        (_("Confirmed on"), date_format(subscriber.confirmed_on)),
        (_("Consent text that you agreed to"), subscriber.consent),
        (_("Editions that were addressed to you"), editions(subscriber)),
    ]


def editions(subscriber):
    """The day and the state of each."""
    deliveries = subscriber.deliveries.select_related("edition").order_by("-pk")
    told = [f"{date_format(one.edition.send_from)} ({one.get_state_display()})" for one in deliveries]
    return "; ".join(told) or _("none")


def ask(subscriber):
    """Lets the mail go out; returns False if it went out today already."""
    if spend(ONCE_A_DAY, str(subscriber.pk)) is None:
        return False
    send.enqueue(subscriber.pk)
    return True


@task()
def send(row, tries=1):
    subscriber = Subscriber.objects.select_related("audience").filter(pk=row).first()
    if subscriber is None:  # who left meanwhile gets no mail
        return
    try:
        letters.held(subscriber, address=subscriber.address, facts=facts).send()
    except SealError:
        logger.warning("A copy of what is held could not be sent: the address is sealed.")
    except NOT_TAKEN as error:
        logger.warning("A copy of what is held was not taken, try %d: %s", tries, type(error).__name__)
        try_again(send, row, tries=tries)
