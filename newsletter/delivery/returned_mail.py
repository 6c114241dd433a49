"""Takes a message that came back apart: whose mail it is about, and what a server or a reader says of it.

Reports that programs read come first (RFC 3464 and 6533; RFC 5965 and Microsoft's own for complaints); a server that
writes for people alone is read by its words. What answers by itself for a reader who is away says nothing of a mail.
Nobody's word is taken for whose it is: a reader is found by a token of ours, wherever in the message it stands.
Not here: what follows (`bounces.py`), what the words of servers mean (`mail/refusal_words.py`).
"""

import base64
import binascii
import html
import quopri
import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header

from django.utils.html import strip_tags

from newsletter.mail.refusal_words import DELAY, find_status
from newsletter.subscribers import links

MAX_BYTES = 4 * 1024 * 1024  # of a message that is read; ours are a tenth of it

BOUNCE_TAG_PATTERN = re.compile(r"[+=](\d{1,20})-([0-9a-f]{20})(?=[@=])", re.I)
MESSAGE_ID_PATTERN = re.compile(r"(?im)Message-ID:\s*<([0-9a-f]{40})@")
TOKEN_LINK_PATTERN = re.compile(r"/newsletter/(?:unsubscribe|preferences)/([\w-]{38})/")

STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
RETURNED_TYPES = {
    "message/rfc822", "message/global", "message/rfc822-headers", "text/rfc822-headers", "message/global-headers",
    "text/global-headers", "message/partial",
}  # fmt: skip
# Where a server that writes for people lets the mail begin that it sends back.
RETURNED_MARK = re.compile(
    r"(?im)^[\s>*=_-]*(below this line is a copy|this is a copy of|(the )?(body|header)s? of the original|"
    r"(the )?original (message|mail) (is )?(follows|attached|headers?)|original message\b|message header follows|"
    r"(unsent|undelivered|returned|failed) message( follows)?\b|исходное (письмо|сообщение)|begin message|"
    r"copy of your message).*$|^(received|return-path|dkim-signature|list-unsubscribe):\s"
)
COMPLAINT_TYPE = re.compile(r"(?im)^Feedback-Type:\s*(abuse|fraud|opt-out)\b")
FEEDBACK_FIELD = re.compile(r"(?im)^Feedback-Type:\s*[\w-]+\s*$")
MICROSOFT_RECIPIENT = re.compile(r"(?im)^X-HmXmrOriginalRecipient:")

DAEMON = re.compile(
    r"mailer-?daemon|mail-?daemon|postmaster|mail delivery|delivery (sub)?system|microsoftexchange|bounce|"
    r"returned mail|mail ?administrator|internet mail service|symantec|mimecast",
    re.I,
)
FAILURE_SUBJECT = re.compile(
    r"undeliver|failure notice|returned (mail|to sender)|delivery (status|fail|notif|problem|error|report)|"
    r"mail (delivery|failure|system error)|non[- ]remis|no (se )?(entreg|pud)|unzustell|fehlgeschlagen|"
    r"не ?доставлен|недоставл|не дастаўлен|delivery has failed|could not be delivered|rejected|تعذر",
    re.I,
)
AWAY_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Vacation", "X-AutoReply-From", "X-Mail-Autoreply")
AWAY_WORDS = re.compile(
    r"out of (the )?office|automatic reply|auto(matic)?[ -]?(reply|response|answer)|vacation|on (holiday|leave)\b|"
    r"\baway from\b|abwesen|absence|absent\b|respuesta autom|réponse autom|автоответ|в отпуске|отсутств|адсутніч|"
    r"аўтаадказ|رد تلقائي|خارج المكتب|^\s*auto:",
    re.I,
)
AWAY_SUBMITTED = re.compile(r"vacation|owner-email", re.I)


@dataclass
class ReturnedMail:
    """The parts of a message: `fields` of a delivery report, `feedback` of a complaint, what a server says to people in
    `notice`, and what was sent back in `returned`; each as text."""

    headers: object
    raw: str
    fields: str = ""
    feedback: str = ""
    notice: str = ""
    returned: str = ""
    kinds: set = field(default_factory=set)

    def get_header(self, name):
        values = (value for key, value in self.headers.raw_items() if key.lower() == name.lower())
        return " ".join(map(decode_header_value, values))

    @property
    def everything(self):
        return "\n".join([self.raw, self.fields, self.notice, self.returned])


# --- Taking apart -----------------------------------------------------------------------------


def parse_returned_mail(raw):
    """The `ReturnedMail` of a message as bytes, whatever its shape and encodings."""
    message = message_from_bytes(raw[:MAX_BYTES])
    mail = ReturnedMail(message, raw[:MAX_BYTES].decode("ascii", "replace"))
    add_part(mail, message)
    notice, mark, copy = split_returned_copy(mail.notice)
    mail.notice, mail.returned = notice, mail.returned + mark + copy
    return mail


def add_part(mail, part):
    kind = part.get_content_type()
    mail.kinds.add(kind)
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for inner in part.get_payload():
            add_part(mail, inner)
    elif kind in STATUS_TYPES:
        mail.fields += f"\n\n{read_text(part)}"
    elif kind == "message/feedback-report":
        mail.feedback += f"\n{read_text(part)}"
    elif kind in RETURNED_TYPES:
        mail.returned += f"\n{read_text(part)}"
    elif part.get_content_maintype() in {"text", "multipart"}:
        text = read_text(part)
        mail.notice += f"\n{html.unescape(strip_tags(text)) if kind == 'text/html' else text}"


def read_text(part):
    """What stands in a part: unlike the parser's own way this takes reports and copies apart whose encoding the
    standards do not allow."""
    _head, _blank, body = re.sub(rb"\r\n?", b"\n", part.as_bytes()).partition(b"\n\n")
    body = decode_transfer(body, str(part.get("Content-Transfer-Encoding", "")).strip().lower())
    charset = part.get_content_charset() or "utf-8"
    try:
        return body.decode(charset, "replace")
    except LookupError:
        return body.decode("latin-1")


def decode_transfer(body, encoding):
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    if encoding == "base64":
        try:
            return base64.b64decode(body)
        except binascii.Error:
            return body
    return body


def decode_header_value(value):
    """RFC 2047, and what stands in a head as it is (RFC 6532, and programs that never asked)."""
    text = str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError):
        return text


def split_returned_copy(text):
    found = RETURNED_MARK.search(text)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", "")


# --- Whose ------------------------------------------------------------------------------------


def find_message_ids(text):
    return frozenset(MESSAGE_ID_PATTERN.findall(text))


def find_subscriber_row(mail):
    """The row of the reader whose token it carries: in an address of the envelope, or in what came back with it."""
    text = mail.everything
    for found in BOUNCE_TAG_PATTERN.finditer(text):
        if (row := links.read_bounce_tag(found[1], found[2].lower())) is not None:
            return row
    for found in TOKEN_LINK_PATTERN.finditer(text):
        for purpose in (links.UNSUBSCRIBE, links.PREFERENCES):
            if (row := links.read_token(found[1], purpose)) is not None:
                return row
    return None


# --- What is said -----------------------------------------------------------------------------


def is_complaint(mail):
    if COMPLAINT_TYPE.search(mail.feedback):
        return True
    if mail.fields or mail.feedback:
        return False
    # A report whose part does not say what it is; Microsoft's, which is the mail itself with a line in its head.
    return bool(COMPLAINT_TYPE.search(mail.notice)) or bool(MICROSOFT_RECIPIENT.search(mail.returned))


def find_failure(mail):
    """The status that a report of failure comes to; "" for anything that is none."""
    if mail.fields:
        return find_failed_status(mail.fields)
    if re.search(r"(?im)^Action:\s*failed", mail.notice):
        return find_failed_status(mail.notice)
    if mail.feedback or is_answer_of_reader(mail) or not is_from_server(mail):
        return ""
    words = " ".join(mail.notice.split())
    return "" if DELAY.search(words) else find_status(words)


def find_failed_status(text):
    """Of the first recipient whom a mail did not reach. Some name no action beside a final status."""
    for block in re.split(r"\n[ \t]*\n", text.replace("\r", "")):
        fields = read_fields(block)
        status = fields.get("status", "")
        action = fields.get("action", "failed" if status.startswith("5") else "").lower()
        if action.startswith("failed"):
            return find_status(fields.get("diagnostic-code", ""), told=status)
    return ""


def read_fields(block):
    """Name in lower case -> value, folded lines joined (RFC 3464 2.1.1)."""
    lines = re.sub(r"\n[ \t]+", " ", block).split("\n")
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def is_from_server(mail):
    """Whether it comes from a mail system and not from a person."""
    if "X-Failed-Recipients" in mail.headers or mail.get_header("Return-Path").strip() == "<>":
        return True
    return bool(DAEMON.search(mail.get_header("From")) or FAILURE_SUBJECT.search(mail.get_header("Subject")))


def is_answer_of_reader(mail):
    """Whether a program answers for somebody who is away or has read it, or asks whether a person wrote."""
    if "message/disposition-notification" in mail.kinds or any(name in mail.headers for name in AWAY_HEADERS):
        return True
    if "auto_reply" in mail.get_header("Precedence").lower() or AWAY_WORDS.search(mail.get_header("Subject")):
        return True
    submitted = mail.get_header("Auto-Submitted").lower()
    is_daemon = DAEMON.search(mail.get_header("From")) or "X-Failed-Recipients" in mail.headers
    return bool(AWAY_SUBMITTED.search(submitted)) or ("auto-replied" in submitted and not is_daemon)
