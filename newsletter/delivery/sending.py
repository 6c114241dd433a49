"""Sends what is due: each delivery once, whatever breaks, however many senders work at once.

Here: one run of one process, which editions go out in it and whether to go on with each. Not here: one connection
(`connection.py`), what the database knows (`claims.py`), what the mail says (`composition/edition_mail.py`), how a
server is spoken to (`mail/transport.py`).
"""

import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from newsletter.composition import edition_entries, edition_mail, edition_transitions
from newsletter.models import Delivery, Edition
from publishing.models import Release
from staff.lockdown import is_locked
from staff.models import Lockdown

from . import rate_limit
from .claims import settle_abandoned_claims
from .connection import DeliveryConnection

CHECK_EVERY_MAILS = 20  # mails between two looks at whether to go on
CHECK_EVERY_SECONDS = 0.5  # seconds, if that is sooner


@dataclass
class SendReport:
    """`sent` and `refused` in this run; `left` and `doubt` as it stands now. `trouble` says why it stopped early."""

    sent: int = 0
    refused: int = 0
    left: int = 0
    doubt: int = 0
    trouble: str = ""

    def __str__(self):
        return f"{self.sent} sent, {self.refused} refused, {self.left} left, {self.doubt} in doubt"


def send_due(*, should_stop=lambda: False, private_key=None):
    """Sends everything that is due now; `should_stop` is asked now and then. Returns a `SendReport`.

    Where addresses are sealed for a private key (SUBSCRIBER_SEAL), nothing is sent without it.
    """
    settle_abandoned_claims()
    run = SendRun(should_stop=should_stop, private_key=private_key)
    if is_locked():
        run.trouble = "The desk is locked down; nothing is sent."
    elif settings.SUBSCRIBER_SEAL and not private_key:
        run.trouble = "Addresses are sealed; give the private key: send_editions --unseal FILE."
    else:
        run.work()
    return SendReport(
        sent=run.sent,
        refused=run.refused,
        left=Delivery.objects.count_unfinished(),
        doubt=Delivery.objects.in_doubt().count(),
        trouble=run.trouble,
    )


# --- One process ------------------------------------------------------------------------------


class SendRun:
    """What the connections of one process share."""

    def __init__(self, *, should_stop, private_key):
        self.should_stop = should_stop
        self.private_key = private_key
        self.guard = threading.Lock()
        self.limiter = rate_limit.RateLimiter(
            per_minute=settings.MAIL_PER_MINUTE, per_domain=settings.MAIL_PER_MINUTE_PER_DOMAIN
        )
        self.issues = [OutgoingEdition(edition, self) for edition in Edition.objects.going_out()]
        self.sent = self.refused = 0
        self.trouble = ""

    def work(self):
        """Begins with one connection and takes more if the server answers slowly."""
        first = DeliveryConnection(self)
        others = []
        try:
            first.begin()
            if first.is_slow:
                others = [
                    threading.Thread(target=DeliveryConnection(self).work) for _ in range(settings.MAIL_CONNECTIONS - 1)
                ]
            for thread in others:
                thread.start()
            first.send_all()
        finally:
            first.close()
            for thread in others:
                thread.join()
        rate_limit.delete_free_slots()
        for issue in self.issues:
            issue.finish()

    def halt(self, trouble):
        """Nothing more is sent in this run."""
        self.trouble = trouble
        for issue in self.issues:
            issue.is_over = True

    def count(self, *, sent, refused):
        with self.guard:
            self.sent += sent
            self.refused += refused


class OutgoingEdition:
    """One edition as it goes out: its merges, and whether to go on with it."""

    def __init__(self, edition, run):
        self.edition = edition
        self.run = run
        self.guard = threading.Lock()
        self.mails = 0
        self.is_over = False
        self.is_changed = False
        self.merges = {}
        self.version = None
        self.looked_at = float("-inf")
        self.status_query = compile_status_query(edition)

    def should_continue(self):
        """Asked before each mail. Sees a stop, a lockdown or a withdrawal within 20 mails and half a second."""
        with self.guard:
            self.mails += 1
            if self.mails % CHECK_EVERY_MAILS == 0 or time.monotonic() - self.looked_at > CHECK_EVERY_SECONDS:
                self.look()
            return not self.is_over

    def look(self):
        with connection.cursor() as cursor:
            cursor.execute(*self.status_query)
            state, release, locked = cursor.fetchone() or ("", None, False)
        self.looked_at = time.monotonic()
        # Besides releases, the clock itself begins and ends entries.
        version = release, timezone.now().replace(second=0, microsecond=0)
        if version != self.version:
            self.version, self.merges = version, {}
            self.is_changed = self.edition.has_changed_since_approval()
        if state != Edition.State.SENDING or locked or self.is_changed or self.run.should_stop():
            self.is_over = True

    def get_merge_for(self, language):
        """The edition as it may go out now, in one language; None if nothing of it is public any more."""
        merges, language = self.merges, self.edition.language or language
        if language not in merges:
            entries = edition_entries.get_edition_entries(self.edition, language)
            merges[language] = edition_mail.build_edition_merge(self.edition, entries, language=language)
        return merges[language]

    def finish(self):
        """Says what stood in the way, and whether the edition is done."""
        with transaction.atomic():
            edition = Edition.objects.select_for_update().get(pk=self.edition.pk)
            edition.trouble = self.run.trouble
            if edition.state == Edition.State.SENDING and not edition.deliveries.count_unfinished():
                edition.state = Edition.State.SENT
            edition.save(update_fields=["state", "trouble"])
        edition_transitions.stop_changed_letter(edition)


def compile_status_query(edition):
    """SQL and parameters of the one look at the database, compiled once since it happens so often."""
    newest = Release.objects.order_by("-pk").values("pk")[:1]
    looks = Edition.objects.filter(pk=edition.pk).values_list(
        "state", models.Subquery(newest), models.Exists(Lockdown.objects.all())
    )
    return looks.query.sql_with_params()
