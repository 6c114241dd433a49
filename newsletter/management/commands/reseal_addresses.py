"""After a new key was put first in SUBSCRIBER_KEYS: lets the older ones be dropped."""

from django.core.management.base import BaseCommand

from newsletter.subscribers.signup import reseal_addresses


class Command(BaseCommand):
    help = "Seals every address with the newest of SUBSCRIBER_KEYS. Links in mails sent before need the older keys."

    def handle(self, **options):
        self.stdout.write(f"{reseal_addresses()} addresses sealed anew.")
