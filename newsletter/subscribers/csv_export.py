"""Takes the addresses out as a file: rarely, for a reason, and never unseen.

Before the first address leaves, the reason stands in the audit log and a mail to every other administrator is queued,
in one transaction. Where addresses are sealed for a key that is kept elsewhere there is nothing to take out: giving
that key to a page would end the promise that the server cannot read them.
Not here: who may ask and how they prove themselves (`export_admin.py`).
"""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from audit.chain import record
from newsletter.mail.results import SEND_ERRORS
from newsletter.models import Subscriber
from newsletter.queue import retry_task_later
from publishing.spreadsheets.csv import generate_csv
from staff.models import Account

from .addresses import SealError

COLUMNS = ("address", "language", "frequency", "situations and filter", "confirmed_on", "consent")
BATCH_SIZE = 1000
AUDIT_VERB = "subscribers.exported"
WITNESSES_ROW = 0  # in place of the row of an account

logger = logging.getLogger(__name__)


class ExportRefused(Exception):
    """Nothing left the house; the message says why."""


def export_subscribers(*, by, reason):
    """The lines of a CSV file with every subscriber; written down and told to others before it returns."""
    if refusal := get_export_refusal(by):
        raise ExportRefused(refusal)
    with transaction.atomic():
        number = Subscriber.objects.count()
        record(AUDIT_VERB, actor=by, number=number, reason=reason)
        told = {"by": str(by), "number": number, "reason": reason, "at": f"{timezone.now():%Y-%m-%d %H:%M} UTC"}
        for watcher in get_watcher_rows(by):
            send_export_alarm.enqueue(watcher, told)
    return build_csv_lines()


def get_export_refusal(by):
    """Why nobody gets the addresses here; empty if there is nothing against it."""
    if settings.SUBSCRIBER_SEAL:
        return _(
            "Addresses are encrypted: only the private key opens them, and it is never asked for in a browser. "
            "E-mail can be sent to them, but they cannot be exported."
        )
    if not get_watcher_rows(by):
        return _("There is no other administrator to notify. One with an e-mail address is needed first.")
    return ""


def get_watcher_rows(by):
    """Who is to hear of it: row numbers of the other administrators, and 0 for the witnesses outside."""
    others = Account.objects.filter(is_active=True, groups__name="administrator").exclude(email="").exclude(pk=by.pk)
    return [*others.values_list("pk", flat=True), *([WITNESSES_ROW] if settings.AUDIT_WITNESSES else [])]


@task(priority=50)
def send_export_alarm(watcher, told, tries=1):
    """A mail server that is down does not silence it: it is tried again for two days."""
    try:
        for address, language in get_watcher_addresses(watcher):
            with translation.override(language or settings.LANGUAGE_CODE):
                body = render_to_string("newsletter/mail/exported.txt", told | {"desk": settings.SITE_URL + "/admin/"})
                send_mail(_("The addresses of the newsletter were exported"), body, None, [address])
    except SEND_ERRORS:
        logger.error("The alarm of an export could not be sent, try %d.", tries)
        retry_task_later(send_export_alarm, watcher, told, tries=tries)


def get_watcher_addresses(watcher):
    if watcher == WITNESSES_ROW:
        return [(address, "") for address in settings.AUDIT_WITNESSES]
    return Account.objects.filter(pk=watcher).values_list("email", "language")


# --- The file ---------------------------------------------------------------------------------


def build_csv_lines():
    """Read while they are written, so that a long list costs no memory."""
    subscribers = Subscriber.objects.select_related("audience").order_by("pk").iterator(chunk_size=BATCH_SIZE)
    return generate_csv(COLUMNS, map(build_subscriber_cells, subscribers))


def build_subscriber_cells(subscriber):
    audience = subscriber.audience
    about = [audience.language, audience.frequency, audience.query]
    return [get_subscriber_address(subscriber), *about, subscriber.confirmed_on.isoformat(), subscriber.consent]


def get_subscriber_address(subscriber):
    try:
        return subscriber.address
    except SealError:  # from a time when addresses were sealed
        return ""
