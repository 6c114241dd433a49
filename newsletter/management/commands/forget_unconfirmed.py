"""Forgets sign-ups that nobody confirmed within two days."""

from django.core.management.base import BaseCommand

from newsletter.subscribers.signup import delete_unconfirmed_sign_ups


class Command(BaseCommand):
    help = "Deletes sign-ups never confirmed."

    def handle(self, **options):
        self.stdout.write(f"{delete_unconfirmed_sign_ups()} sign-ups forgotten.")
