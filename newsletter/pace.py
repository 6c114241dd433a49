"""How fast we send: so many mails a minute in all, so many a minute to one domain. 0 means as fast as it goes."""

import threading
import time


class Pace:
    """Shared by the connections of one sender; several senders each keep their own."""

    def __init__(self, *, per_minute, per_domain=0):
        self.gap = 60 / per_minute if per_minute else 0
        self.domain_gap = 60 / per_domain if per_domain else 0
        self.guard = threading.Lock()
        self.next = 0.0
        self.domains = {}

    def turn(self):
        """How many seconds the caller has to wait before it sends; the turn is then taken."""
        if not self.gap:
            return 0
        with self.guard:
            now = time.monotonic()
            self.next = max(self.next, now) + self.gap
            return self.next - self.gap - now

    def is_free(self, domain):
        """Whether this domain can take one more mail now; if so, it counts."""
        if not self.domain_gap:
            return True
        with self.guard:
            now = time.monotonic()
            if self.domains.get(domain, 0) > now:
                return False
            self.domains[domain] = now + self.domain_gap
            return True
