"""How fast we send, all senders together: so many mails a minute in all, so many a minute to one domain.

The moment from which the next mail may leave stands in the database; a sender takes its turn there by one conditional
update, so that of several at once one gets it. It is moved on before the mail is touched: a sender that is killed has
made the others wait a moment longer and nothing else. Time is the database's own, since machines disagree.
Where no limit is set the database is never asked. Not here: confirmations and the like, which somebody waits for.
"""

import datetime as dt
import hmac
import math
import threading
import time

from django.db.models import Q
from django.db.models.functions import Now

from newsletter.models import RateLimitSlot
from newsletter.subscribers import addresses

GLOBAL_SLOT = "all"
MINUTE = dt.timedelta(minutes=1)
# Mails of so many seconds take their turn together, so that a high limit does not cost a question a mail.
BURST_SECONDS = 0.1
# A turn further away than its limit explains is of a clock that was put back since.
CLOCK_TOLERANCE = dt.timedelta(seconds=1)
# Seconds: nobody is put off for longer, since a limit may be raised meanwhile.
MAX_WAIT_SECONDS = 600
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class RateLimiter:
    """The limits as the connections of one sender keep them; 0 means as fast as it goes."""

    def __init__(self, *, per_minute, per_domain=0):
        self.per_minute, self.per_domain = per_minute, per_domain
        self.at_once = math.ceil(per_minute * BURST_SECONDS / 60)
        self.guard = threading.Lock()
        self.left, self.end = 0, 0.0  # turns that were taken together, and until when they serve
        self.busy = {}  # domain -> the moment until which it is known to take nothing
        self.queues = {}  # domain -> the moment at which the last of those that were put off may have its turn

    def wait(self):
        """How many seconds to wait before asking again; 0 if the caller may send one mail now."""
        if not self.per_minute:
            return 0
        with self.guard:
            if not self.left or time.monotonic() > self.end:
                length = MINUTE * self.at_once / self.per_minute
                if seconds := reserve_slot(GLOBAL_SLOT, length):
                    return seconds
                self.left, self.end = self.at_once, time.monotonic() + length.total_seconds()
            self.left -= 1
            return 0

    def give_back(self):
        """The mail was not sent after all."""
        with self.guard:
            self.left += 1

    def is_busy(self, domain):
        """Whether this domain is known to take no mail now. Asks nobody."""
        return self.busy.get(domain, 0) > time.monotonic()

    def is_free(self, domain):
        """Whether this domain takes one more mail now; if so, it counts."""
        if not self.per_domain:
            return True
        if seconds := reserve_slot(hash_domain(domain), MINUTE / self.per_domain):
            self.busy[domain] = time.monotonic() + seconds
            return False
        return True

    def get_delay(self, domain):
        """In how many seconds one more mail to this busy domain may fit; each is put off behind the one before."""
        with self.guard:
            now = time.monotonic()
            turn = max(self.busy.get(domain, now), self.queues.get(domain, now), now)
            self.queues[domain] = turn + 60 / self.per_domain
            return min(turn - now, MAX_WAIT_SECONDS)


def reserve_slot(name, length):
    """Takes the turn of this name for so long; returns 0, or how many seconds are missing until it is free."""
    turn = RateLimitSlot.objects.filter(name=name)
    is_free = Q(free_at__lte=Now()) | Q(free_at__gt=Now() + length + CLOCK_TOLERANCE)
    if turn.filter(is_free).update(free_at=Now() + length):
        return 0
    missing = turn.annotate(now=Now()).values_list("free_at", "now").first()
    if missing is None:
        RateLimitSlot.objects.bulk_create([RateLimitSlot(name=name, free_at=EPOCH)], ignore_conflicts=True)
        return reserve_slot(name, length)
    return max(0.001, (missing[0] - missing[1]).total_seconds())


def hash_domain(domain):
    """What stands for a domain in the database: some domains have one person."""
    return hmac.digest(
        addresses.derive_key(addresses.get_subscriber_keys()[0], "pace"), domain.encode(), "sha256"
    ).hex()


def delete_free_slots():
    """Turns that are free tell nothing any more."""
    RateLimitSlot.objects.filter(free_at__lte=Now()).delete()
