"""Sends what is due; may be run at any time, several at once, and again after any crash."""

import signal
import threading

from django.core.management.base import BaseCommand, CommandError

from newsletter.delivery.sending import send_due
from newsletter.management.private_key import read_private_key


class Command(BaseCommand):
    help = "Sends what is due and prints how many were sent, refused, left and in doubt."

    def add_arguments(self, parser):
        parser.add_argument(
            "--unseal", metavar="FILE", help="The private key of SUBSCRIBER_SEAL; - reads it from input."
        )

    def handle(self, *, unseal, **options):
        told = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told.set())
        report = send_due(should_stop=told.is_set, private_key=unseal and read_private_key(unseal))
        self.stdout.write(f"{report}.")
        if report.trouble:
            raise CommandError(report.trouble)
