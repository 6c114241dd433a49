"""Mail as files: one .eml a message, for sites that have no mail server yet and for trying things out.

Named by EMAIL_URL=files: (the default). Each file is whole or absent, readable by its owner alone, and its
name tells the time and nothing else.
"""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from .results import Outcome, SendResult


class FileBackend(BaseEmailBackend):
    """Takes Django's messages and, like every transport, finished ones."""

    def send(self, raw, *, sender, recipient):
        try:
            write_mail_file(raw)
        except OSError:
            return SendResult(Outcome.LATER, "file")
        return SendResult(Outcome.TAKEN)

    def send_messages(self, email_messages):
        """Returns how many were written."""
        for message in email_messages:
            write_mail_file(message.message().as_bytes(linesep="\r\n"))
        return len(email_messages)


def write_mail_file(raw):
    """Puts one message, as bytes, into the folder; returns its path."""
    folder = Path(settings.EMAIL_FILE_PATH)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{timezone.now():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(8)}.eml"
    part = path.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(raw)
    part.rename(path)
    return path
