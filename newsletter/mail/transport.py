"""Hands one finished message to the mail server.

The messages are bytes as they go over the wire: CRLF, no line that begins with a dot, ASCII throughout. One
connection serves many messages and is opened anew when it broke. Numbers are those of RFC 5321.
Not here: what an answer means (`results.py`), a provider that is spoken to over its own API (`provider.py`).
"""

import smtplib

from django.conf import settings

from .file_backend import FileBackend
from .provider import ProviderTransport
from .results import Outcome, SendResult, classify_reply


def open_transport():
    """The way out that EMAIL_URL names."""
    if settings.EMAIL_BACKEND == "newsletter.mail.file_backend.FileBackend":
        return FileBackend()
    return ProviderTransport() if settings.MAIL_PROVIDER else SmtpTransport()


class SmtpRefusal(Exception):
    def __init__(self, stage, code, text):
        self.answer = classify_reply(stage, code, text)
        super().__init__(self.answer.code_text)


class SmtpTransport:
    """A connection to the server that EMAIL_URL names, opened with the first message."""

    def __init__(self):
        self.smtp = None
        self.stage = "connect"

    def send(self, raw, *, sender, recipient):
        """Never raises for what the server does; the answer is to be acted on."""
        was_open = self.smtp is not None
        answer = self.try_once(raw, sender, recipient)
        # Some servers close after so many mails, and say so to the next one: that one was not begun.
        if was_open and self.smtp is None and answer.stage == "mail":
            return self.try_once(raw, sender, recipient)
        return answer

    def try_once(self, raw, sender, recipient):
        try:
            self.open()
            return self.converse(raw, sender, recipient)
        except SmtpRefusal as refusal:
            return self.recover(refusal.answer)
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            outcome = Outcome.DOUBT if self.stage == "end" else Outcome.LATER
            return SendResult(outcome, self.stage, getattr(error, "smtp_code", 0))

    def open(self):
        if self.smtp is not None:
            return
        self.stage = "connect"
        connect = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
        # Assigned once it is ready, so that a failure half-way is not taken for an open connection.
        smtp = connect(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=settings.EMAIL_TIMEOUT)
        try:
            self.introduce(smtp)
        except (OSError, smtplib.SMTPException):
            smtp.close()
            raise
        self.smtp = smtp

    def introduce(self, smtp):
        smtp.ehlo_or_helo_if_needed()
        if settings.EMAIL_USE_TLS:
            smtp.starttls()
            smtp.ehlo()
        if settings.EMAIL_HOST_USER:
            smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        self.pipelines = smtp.has_extn("pipelining")  # RFC 2920

    def converse(self, raw, sender, recipient):
        commands = [
            ("mail", b"MAIL FROM:<%s>\r\n" % sender.encode()),
            ("rcpt", b"RCPT TO:<%s>\r\n" % recipient.encode()),
            ("data", b"DATA\r\n"),
        ]
        if self.pipelines:
            self.say_together(commands)
        else:
            for stage, line in commands:
                self.say(stage, line)
                self.expect(stage, *self.smtp.getreply())
        self.smtp.send(raw + b".\r\n")
        self.stage = "end"
        self.smtp.sock.settimeout(3 * settings.EMAIL_TIMEOUT)  # servers think longest here, and silence costs most
        self.expect("end", *self.smtp.getreply())
        self.smtp.sock.settimeout(settings.EMAIL_TIMEOUT)
        return SendResult(Outcome.TAKEN, "end", 250)

    def say(self, stage, line):
        self.stage = stage
        self.smtp.send(line)

    def say_together(self, commands):
        self.say("mail", b"".join(line for _stage, line in commands))
        replies = [(stage, *self.smtp.getreply()) for stage, _line in commands]
        if replies[-1][1] == 354 and replies[1][1] >= 400:
            # The server waits for a message to nobody; it gets an empty one and refuses it.
            self.smtp.send(b".\r\n")
            self.smtp.getreply()
        for stage, code, text in replies:
            self.stage = stage
            self.expect(stage, code, text)

    def expect(self, stage, code, text):
        if not 200 <= code < 400:
            raise SmtpRefusal(stage, code, text)

    def recover(self, answer):
        """Makes the connection ready for the next message, or drops it if the server closes it."""
        if answer.code == 421:
            self.drop()
            return answer
        try:
            self.smtp.sock.settimeout(settings.EMAIL_TIMEOUT)
            if answer.stage != "end":
                self.smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.drop()
        return answer

    def drop(self):
        if self.smtp is not None:
            self.smtp.close()
            self.smtp = None

    def close(self):
        if self.smtp is not None:
            try:
                self.smtp.quit()
            except (OSError, smtplib.SMTPException):
                self.smtp.close()
            self.smtp = None
