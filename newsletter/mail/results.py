"""What became of a mail, in the words that senders, journals and the database share.

Not here: how it comes about (`transport.py`, `provider.py`), and what follows (`delivery/claims.py`).
"""

from dataclasses import dataclass, field
from enum import Enum


class Outcome(Enum):
    TAKEN = "taken"  # the server answers for it from now on
    LATER = "later"  # not taken, may be tried again
    NEVER = "never"  # not taken, and will not be
    DOUBT = "doubt"  # all was said, no answer came


@dataclass(frozen=True)
class SendResult:
    """`stage` is the command that was answered last, `code` its three digits, 0 for silence.

    Stages are connect, mail, rcpt, data, end; besides these “policy” (it is us that were refused, at rcpt), “api” (a
    provider did not take a request), “file”, and what we decide ourselves: withdrawn, sealed, pace. Where our own pace
    held a mail back, `again` says for how many seconds.
    """

    outcome: Outcome
    stage: str = ""
    code: int = 0
    again: float = 0

    @property
    def is_about_recipient(self):
        """Whether it was this address that was refused, rather than us or what we say."""
        return self.stage == "rcpt"

    @property
    def is_server_failure(self):
        """Whether the next message would hardly fare better: the server is silent, closing, or refuses us."""
        return self.outcome != Outcome.TAKEN and (self.code in {0, 421} or self.stage in {"connect", "mail", "api"})

    @property
    def short(self):
        return f"{self.stage} {self.code}".strip() if self.stage else ""


@dataclass
class BatchResults:
    """What became of one batch: delivery -> Answer; those without an answer were not begun."""

    rows: dict = field(default_factory=dict)  # delivery -> subscriber
    answers: dict = field(default_factory=dict)

    @property
    def not_begun(self):
        return self.rows.keys() - self.answers.keys()

    def with_outcome(self, outcome):
        return [pk for pk, answer in self.answers.items() if answer.outcome == outcome]
