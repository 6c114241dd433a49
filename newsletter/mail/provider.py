"""Hands one finished message to a mail provider over its API (django-anymail), and says what the answer means.

A provider wants parts, not a message, so the bytes that would go over the wire are taken apart again: both ways send
the same. The provider is told with each message not to count openings and not to rewrite links (ANYMAIL in the
settings). What was said may have been heard: only an answer that surely means “not taken” is tried again.
Not here: what providers report later (`delivery/returns.py`).
"""

import ssl
from email import message_from_bytes, policy

import requests
from anymail.exceptions import AnymailError, AnymailRecipientsRefused, AnymailRequestsAPIError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from urllib3.exceptions import NewConnectionError

from .results import Outcome, SendResult

# The provider writes the others itself.
FORWARDED_HEADERS = (
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Id",
    "Content-Language",
    "Precedence",
)
# A header by which a provider is asked to keep our Message-ID.
KEEP_MESSAGE_ID_HEADERS = {"postmark": {"X-PM-KeepID": "true"}}
SENDER_REJECTED_STATUSES = {401, 403, 404}  # a wrong key, a domain that is not ours there
CLIENT_ERROR_STATUSES = range(400, 500)
SERVICE_UNAVAILABLE = 503


class ProviderTransport:
    """A session with the provider that EMAIL_URL names, opened with the first message."""

    def __init__(self):
        self.session = None

    def hand_over(self, raw, *, sender, recipient):
        """Never raises for what the provider does. `sender` is not used: returned mail is the provider's matter."""
        try:
            self.open()
            self.session.send_messages([parse_raw_message(raw, to=recipient)])
        except AnymailRecipientsRefused:
            return SendResult(Outcome.NEVER, "rcpt", 550)
        except AnymailRequestsAPIError as error:
            return (
                classify_connection_error(error) if error.response is None else classify_status_code(error.status_code)
            )
        except AnymailError:  # it could not even be said
            return SendResult(Outcome.LATER, "api")
        return SendResult(Outcome.TAKEN, "api", 200)

    def open(self):
        if self.session is None:
            self.session = get_connection()
            self.session.open()

    def close(self):
        if self.session is not None:
            self.session.close()
            self.session = None


def parse_raw_message(raw, *, to):
    """The message that these bytes are, as Django knows messages."""
    read = message_from_bytes(raw, policy=policy.default)
    headers = {name: str(read[name]) for name in FORWARDED_HEADERS if read[name]}
    message = EmailMultiAlternatives(
        subject=str(read["Subject"]),
        body=read.get_body(("plain",)).get_content(),
        from_email=str(read["From"]),
        to=[to],
        headers=headers | KEEP_MESSAGE_ID_HEADERS.get(settings.MAIL_PROVIDER, {}),
    )
    message.attach_alternative(read.get_body(("html",)).get_content(), "text/html")
    return message


def classify_status_code(code):
    """What the status of an answer (RFC 9110) means for a mail."""
    if code in SENDER_REJECTED_STATUSES:
        return SendResult(Outcome.LATER, "mail", code)
    if code in CLIENT_ERROR_STATUSES or code == SERVICE_UNAVAILABLE:
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
