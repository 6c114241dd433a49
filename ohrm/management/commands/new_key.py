import base64
import secrets

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Prints a new key for SUBSCRIBER_KEYS or MIRROR_KEY: 32 random bytes as URL-safe base64."
    requires_system_checks = ()

    def handle(self, **options):
        self.stdout.write(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
