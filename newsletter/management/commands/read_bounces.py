"""Reads mail that came back, from a mailbox or from a mail server that pipes each message in."""

import sys

from django.core.management.base import BaseCommand, CommandError

from newsletter.delivery.bounces import process_bounce_messages, read_messages


class Command(BaseCommand):
    help = (
        "Counts what could not be delivered for good and what was called unwanted; erases addresses that were refused "
        "three times in a row or whose owner complained."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "mailbox", help="A Maildir, an mbox, a folder of .eml files, one file, or - for one message."
        )

    def handle(self, *, mailbox, **options):
        try:
            messages = [sys.stdin.buffer.read()] if mailbox == "-" else list(read_messages(mailbox))
        except OSError as error:
            raise CommandError(f"{mailbox} cannot be read: {error.strerror}.") from error
        final, complaints = process_bounce_messages(messages)
        self.stdout.write(f"{len(messages)} messages read, {final} final bounces, {complaints} complaints.")
