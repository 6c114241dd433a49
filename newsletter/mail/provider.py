"""Hands one finished message to a mail provider over its API (django-anymail).

A provider wants parts, not a message, so the bytes that would go over the wire are taken apart again: both ways send
the same. The provider is told with each message not to count openings and not to rewrite links (ANYMAIL in the
settings). Not here: what an answer means (`results.py`), what providers report later (`delivery/webhooks.py`).
"""

from email import message_from_bytes, policy

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from .results import Outcome, SendResult, classify_error

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


class ProviderTransport:
    """A session with the provider that EMAIL_URL names, opened with the first message."""

    def __init__(self):
        self.session = None

    def send(self, raw, *, sender, recipient):
        """Never raises for what the provider does. `sender` is not used: returned mail is the provider's matter."""
        try:
            self.open()
            self.session.send_messages([parse_raw_message(raw, to=recipient)])
        except AnymailError as error:
            return classify_error(error)
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
