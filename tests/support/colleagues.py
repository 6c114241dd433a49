"""Two people at one moment, each with a connection of their own, for tests of what one has to wait for."""

import threading

from django.db import connection, transaction

PATIENCE = 0.5  # seconds, in which whoever need not wait would be done


class Colleague(threading.Thread):
    """Does something with a connection of their own; `failure` is what it raised, `answer` what it gave."""

    def __init__(self, act):
        super().__init__(daemon=True)
        self.act, self.answer, self.failure = act, None, None
        self.start()

    def run(self):
        try:
            self.answer = self.act()
        except Exception as failure:
            self.failure = failure
        finally:
            connection.close()


def run_beside(first, second):
    """`second` begins while what `first` did is not committed; returns the `Colleague` who did it."""
    with transaction.atomic():
        first()
        colleague = Colleague(second)
        colleague.join(PATIENCE)
        assert colleague.is_alive()
    colleague.join(20)
    assert not colleague.is_alive()
    return colleague
