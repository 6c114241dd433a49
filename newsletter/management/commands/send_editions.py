"""Sends what is due; may be run at any time, several at once, and again after any crash."""

import signal
import threading

from django.core.management.base import BaseCommand, CommandError

from newsletter.sending import send_due


class Command(BaseCommand):
    help = "Sends what is due and prints how many were sent, refused, left and in doubt."

    def handle(self, **options):
        told = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told.set())
        report = send_due(should_stop=told.is_set)
        self.stdout.write(f"{report}.")
        if report.trouble:
            raise CommandError(report.trouble)
