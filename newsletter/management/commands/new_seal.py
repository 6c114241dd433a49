"""Makes the pair of keys with which the server can write addresses down and not read them."""

from django.core.management.base import BaseCommand

from newsletter.subscribers.addresses import generate_key_pair


class Command(BaseCommand):
    help = "Prints a key for SUBSCRIBER_SEAL and the private key to it, which must never come to rest on the server."
    requires_system_checks = ()

    def handle(self, **options):
        public, private = generate_key_pair()
        self.stdout.write(f"SUBSCRIBER_SEAL={public}")
        self.stdout.write(f"private key: {private}")
