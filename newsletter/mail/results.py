"""What became of a mail, and what the answers of mail servers and providers mean.

One table for confirmations, editions and mail that comes back. Not here: how an answer comes about (`transport.py`,
`provider.py`), and what follows from it (`delivery/claims.py`, `delivery/bounces.py`, `subscribers/confirmation.py`).
"""

import re
import smtplib
import ssl
from dataclasses import dataclass, field
from enum import Enum

import requests
from anymail.exceptions import AnymailError, AnymailRecipientsRefused, AnymailRequestsAPIError
from anymail.signals import RejectReason
from urllib3.exceptions import NewConnectionError

SEND_ERRORS = (smtplib.SMTPException, OSError, AnymailError)
STATUS_PATTERN = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")  # RFC 3463, and no address of a machine


class Outcome(Enum):
    TAKEN = "taken"  # the server answers for it from now on
    LATER = "later"  # not taken, may be tried again
    NEVER = "never"  # not taken, and will not be
    DOUBT = "doubt"  # all was said, no answer came


class Fault(Enum):
    """What a refusal is about."""

    SERVER = "server"  # it does not listen, or not to us: the next mail would hardly fare better
    MAILBOX = "full"  # which may be emptied
    POLICY = "policy"  # us or what we say: a provider that blocks us must not empty our list
    ADDRESS = "address"
    MESSAGE = "message"


# Where it was said, the reply (RFC 5321 4.2) and the status (RFC 3463) as far as they are known; what it is about; what
# a final answer (5) comes to. The first row that fits holds. An answer that is not final is always tried again.
ANSWERS = [
    (r"(connect|mail|api) ", Fault.SERVER, Outcome.LATER),
    (r"full |(rcpt \d+|dsn) .\.2\.2\b", Fault.MAILBOX, Outcome.LATER),
    # 5.1.7 and 5.1.8 speak of the sender's address.
    (r"policy |(rcpt \d+|dsn) .\.(7\.|1\.[78]\b)", Fault.POLICY, Outcome.NEVER),
    (r"(rcpt \d+|dsn) .\.2\.3\b", Fault.MESSAGE, Outcome.NEVER),
    (r"rcpt |dsn .\.[0124]\.", Fault.ADDRESS, Outcome.NEVER),
    (r"", Fault.MESSAGE, Outcome.NEVER),
]
# Where Django's backend stood when it raised this; everything else came before a mail was begun.
ERROR_STAGES = [
    (smtplib.SMTPRecipientsRefused, "rcpt"),
    (smtplib.SMTPDataError, "end"),
    (smtplib.SMTPSenderRefused, "mail"),
]
# What a provider answers for itself (RFC 9110): a wrong key or a domain that is not ours there; not now.
SENDER_REJECTED_STATUSES = {401, 403, 404}
NOT_TAKEN_STATUSES = {*range(400, 500), 503}
# What a provider means when it quotes no status of the other server, as one.
UNDELIVERABLE, TEMPORARY_FAILURE, POLICY_REJECTION = "5.0.0", "4.0.0", "5.7.0"
ADDRESS_REASONS = {RejectReason.BOUNCED, RejectReason.INVALID}
POLICY_REASONS = {RejectReason.BLOCKED, RejectReason.SPAM}
# Postmark's types and SparkPost's classes of bounces that django-anymail calls bounced and that may pass.
TRANSIENT_BOUNCE_TYPES = {"SoftBounce", "20", "21", "22", "23", "40", "70"}


@dataclass(frozen=True)
class SendResult:
    """`stage` is the command that was answered last, `code` its three digits, 0 for silence.

    Stages are connect, mail, rcpt, data, end; besides these “policy” and “full” (it is us that were refused at rcpt, or
    the mailbox is full), “api” (a provider did not take a request), “file”, and what we decide ourselves: withdrawn,
    sealed, pace. Where our own pace held a mail back, `retry_after` says for how many seconds.
    """

    outcome: Outcome
    stage: str = ""
    code: int = 0
    retry_after: float = 0

    @property
    def is_server_failure(self):
        """Whether the next message would hardly fare better: the server is silent, closing, or refuses us."""
        return self.outcome != Outcome.TAKEN and (self.code in {0, 421} or self.stage in {"connect", "mail", "api"})

    @property
    def code_text(self):
        return f"{self.stage} {self.code}".strip() if self.stage else ""


@dataclass
class BatchResults:
    """What became of one batch: delivery -> `SendResult`; those without an answer were not begun."""

    rows: dict = field(default_factory=dict)  # delivery -> subscriber
    answers: dict = field(default_factory=dict)

    @property
    def not_begun(self):
        return self.rows.keys() - self.answers.keys()

    def with_outcome(self, outcome):
        return [pk for pk, answer in self.answers.items() if answer.outcome == outcome]


# --- Reading the table ------------------------------------------------------------------------


def explain_answer(told):
    """(Fault, Outcome) of a refusal like “rcpt 550 5.1.1” or “dsn 5.2.2”, or as it was noted: “policy 550”."""
    fault, final = next((fault, final) for pattern, fault, final in ANSWERS if re.match(pattern, told))
    return fault, final if told.partition(" ")[2].startswith("5") else Outcome.LATER


def is_address_fault(code_text):
    """Whether what was noted of a mail says that its address takes none."""
    return explain_answer(code_text) == (Fault.ADDRESS, Outcome.NEVER)


def is_unreachable(code_text):
    """Whether it says that a mail did not reach its address, for good or for as long as it was tried."""
    return bool(code_text) and explain_answer(code_text)[0] == Fault.ADDRESS


def classify_reply(stage, code, text=b""):
    """What the refusal of a mail server means; `text` is what it said besides, as bytes."""
    status = STATUS_PATTERN.match(text.decode("ascii", "replace").strip())
    fault, outcome = explain_answer(f"{stage} {code} {status[0] if status else ''}")
    return SendResult(outcome, fault.value if fault in {Fault.POLICY, Fault.MAILBOX} else stage, code)


def classify_error(error):
    """What one of SEND_ERRORS means, which Django's backends raise."""
    if isinstance(error, AnymailError):
        return classify_provider_error(error)
    stage = next((stage for kind, stage in ERROR_STAGES if isinstance(error, kind)), "connect")
    if stage == "rcpt":
        return classify_reply(stage, *max(error.recipients.values(), default=(0, b"")))
    return classify_reply(stage, getattr(error, "smtp_code", 0))


# --- Providers --------------------------------------------------------------------------------


def classify_provider_error(error):
    """What was said may have been heard: only an answer that surely means “not taken” is tried again."""
    if isinstance(error, AnymailRecipientsRefused):
        return SendResult(Outcome.NEVER, "rcpt", 550)
    if not isinstance(error, AnymailRequestsAPIError):  # it could not even be said
        return SendResult(Outcome.LATER, "api")
    return classify_connection_error(error) if error.response is None else classify_status_code(error.status_code)


def classify_status_code(code):
    """What the status of an answer (RFC 9110) means for a mail."""
    if code in SENDER_REJECTED_STATUSES:
        return SendResult(Outcome.LATER, "mail", code)
    if code in NOT_TAKEN_STATUSES:
        return SendResult(Outcome.LATER, "api", code)
    return SendResult(Outcome.DOUBT, "end")


def classify_connection_error(error):
    """No answer came: whether anything was said decides between another try and a doubt."""
    cause = error.__cause__
    reason = getattr(next(iter(cause.args), None), "reason", None)
    untrusted = isinstance(next(iter(getattr(reason, "args", ())), None), ssl.SSLCertVerificationError)
    if isinstance(cause, requests.ConnectTimeout) or isinstance(reason, NewConnectionError) or untrusted:
        return SendResult(Outcome.LATER, "connect")
    return SendResult(Outcome.DOUBT, "end")


def get_reported_status(reason, *, word, quoted, is_rejected):
    """The status (RFC 3463) that a provider's report comes to.

    `reason` is one of django-anymail, `word` the provider's own, `quoted` what the other server said, `is_rejected`
    whether the provider did not even try.
    """
    if reason in POLICY_REASONS:
        return POLICY_REJECTION
    if found := STATUS_PATTERN.search(quoted):
        return found[0]
    if reason in ADDRESS_REASONS:
        return TEMPORARY_FAILURE if word in TRANSIENT_BOUNCE_TYPES else UNDELIVERABLE
    return POLICY_REJECTION if is_rejected else TEMPORARY_FAILURE
