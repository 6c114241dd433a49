"""Prints an edition once per language; only what belongs to one recipient is put in for each.

The MIME is made by hand, so that a recipient's links stand whole inside the encoded text and putting them in
costs a join of a dozen pieces. Lines: at most 78 characters of ASCII (links in headers aside), ended by CRLF, none
beginning with a dot (RFC 2045, RFC 5321).
"""

import re
import secrets
from binascii import b2a_qp
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from newsletter.subscribers import links

SOFT_BREAK = b"=\r\n"


class MergeFields:
    """What stands in a print where a recipient's own parts will be: as long as those, and in no text by chance."""

    def __init__(self):
        self.to, self.message_id, self.unsubscribe, self.preferences = (
            secrets.token_hex(links.TOKEN_LENGTH)[: links.TOKEN_LENGTH] for _ in range(4)
        )

    @property
    def all(self):
        return [self.to, self.message_id, self.unsubscribe, self.preferences]


class MailMerge:
    """One edition in one language, ready for any recipient."""

    def __init__(self, raw, blanks):
        names = dict(zip(blanks.all, range(4), strict=True))
        pieces = re.split("|".join(blanks.all).encode(), raw)
        self.order = [names[found.decode()] for found in re.findall("|".join(blanks.all).encode(), raw)]
        # Pieces and gaps alternate, so that filling in is one copy and one join.
        self.parts = [b""] * (2 * len(pieces) - 1)
        self.parts[::2] = pieces

    def render_for(self, *, to, message_id, unsubscribe, preferences):
        """The message as bytes for the wire."""
        own = (to.encode(), message_id.encode(), unsubscribe.encode(), preferences.encode())
        parts = self.parts.copy()
        parts[1::2] = [own[which] for which in self.order]
        return b"".join(parts)


def build_mail_merge(letter, blanks):
    """A `MailMerge` of a `mails.EditionMail` that was written with these blanks."""
    boundary = f"=_{secrets.token_hex(12)}"
    parts = [("plain", letter.text), ("html", letter.html)]
    raw = build_message_header(letter, blanks, boundary) + b"\r\n"
    for subtype, text in parts:
        raw += f"--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n".encode()
        raw += b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        raw += encode_quoted_printable(text, whole=blanks.all) + b"\r\n"
    return MailMerge(raw + f"--{boundary}--\r\n".encode(), blanks)


def build_message_header(letter, blanks, boundary):
    folded = EmailMessage(policy=policy.SMTP)
    folded["From"] = letter.sender
    folded["Subject"] = letter.subject
    folded["Date"] = format_datetime(letter.date)
    lines = [
        f"To: {blanks.to}",
        f"Message-ID: <{blanks.message_id}@{letter.host}>",
        *(f"{name}: {value}" for name, value in letter.headers.items()),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
    ]
    # Ours come unfolded: some readers of List-Unsubscribe do not unfold an address.
    return folded.as_bytes().rstrip(b"\r\n") + b"\r\n" + "\r\n".join(lines).encode("ascii") + b"\r\n"


def encode_quoted_printable(text, *, whole):
    """RFC 2045 6.7, in which the strings in `whole` (ASCII, literal) stand on lines of their own and so unbroken."""
    atoms = {atom.encode() for atom in whole}
    plain = text.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    pieces = re.split(f"({'|'.join(whole)})".encode(), plain)
    encoded = SOFT_BREAK.join(piece if piece in atoms else b2a_qp(piece) for piece in pieces if piece)
    return re.sub(rb"(?m)^\.", b"=2E", encoded)
