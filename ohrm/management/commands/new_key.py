from django.core.management.base import BaseCommand

from ohrm.environment.readers import generate_key


class Command(BaseCommand):
    help = "Prints a new key (SUBSCRIBER_KEYS, BACKUP_KEY, MIRROR_KEY ...): 32 random bytes as URL-safe base64."
    requires_system_checks = ()

    def handle(self, **options):
        self.stdout.write(generate_key())
