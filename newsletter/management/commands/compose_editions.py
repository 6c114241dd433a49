"""Composes the digests whose time has come."""

from django.core.management.base import BaseCommand

from newsletter.composition.digests import compose_due_digests


class Command(BaseCommand):
    help = "Writes due digests; send_editions sends them."

    def handle(self, **options):
        self.stdout.write(f"{compose_due_digests()} editions composed.")
