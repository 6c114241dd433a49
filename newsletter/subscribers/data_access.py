"""What we hold about one subscriber, in words of their language: on a page, and by mail to themselves.

The page shows the address in part, since its link may have been forwarded; the mail goes to the address and shows it.
Not here: how the mail looks (`subscriber_mail.py`).
"""

import logging

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_tasks import task

from newsletter.mail.results import SEND_ERRORS
from newsletter.models import Subscriber
from newsletter.queue import retry_task_later
from staff.lockdown import is_locked
from staff.login.throttle import DAY, Limit, spend_attempt

from . import audience_filters, subscriber_mail
from .addresses import SealError

logger = logging.getLogger(__name__)

COPY_LIMIT = Limit("held", 1, DAY)


def get_stored_data(subscriber, *, address):
    """(name, value) of everything that is stored, as plain text in the active language."""
    wish = audience_filters.describe_audience(subscriber.audience)
    return [
        (_("Address"), address or _("encrypted: we cannot open it here")),
        (_("Code by which we find the address again"), subscriber.fingerprint),
        (_("Number of your record, from which your links are made"), str(subscriber.pk)),
        (_("What you get"), wish["what"]),
        (_("Language"), wish["language_itself"]),
        (_("About"), wish["about"]),
        (_("Confirmed on"), date_format(subscriber.confirmed_on)),
        (_("Consent text that you agreed to"), subscriber.consent),
        (_("Editions that were addressed to you"), describe_addressed_editions(subscriber)),
    ]


def describe_addressed_editions(subscriber):
    """The day and the state of each."""
    deliveries = subscriber.deliveries.select_related("edition").order_by("-pk")
    told = [f"{date_format(one.edition.send_from)} ({one.get_state_display()})" for one in deliveries]
    return "; ".join(told) or _("none")


def request_data_copy(subscriber):
    """Lets the mail go out; returns False if it went out today already."""
    if spend_attempt(COPY_LIMIT, str(subscriber.pk)) is None:
        return False
    send_data_copy.enqueue(subscriber.pk)
    return True


@task()
def send_data_copy(row, tries=1):
    subscriber = Subscriber.objects.select_related("audience").filter(pk=row).first()
    if subscriber is None:  # who left meanwhile gets no mail
        return
    if is_locked():  # no try is spent on it
        retry_task_later(send_data_copy, row, tries=tries - 1)
        return
    try:
        subscriber_mail.build_data_copy_mail(subscriber, address=subscriber.address, facts=get_stored_data).send()
    except SealError:
        logger.warning("A copy of what is held could not be sent: the address is sealed.")
    except SEND_ERRORS as error:
        logger.warning("A copy of what is held was not taken, try %d: %s", tries, type(error).__name__)
        retry_task_later(send_data_copy, row, tries=tries)
