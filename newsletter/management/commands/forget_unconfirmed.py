"""Forgets sign-ups that nobody confirmed within two days."""

from django.core.management.base import BaseCommand

from newsletter.subscribers.signup import forget_unconfirmed


class Command(BaseCommand):
    help = "Deletes sign-ups never confirmed."

    def handle(self, **options):
        self.stdout.write(f"{forget_unconfirmed()} sign-ups forgotten.")
