"""After a new key was put first in SUBSCRIBER_KEYS: lets the older ones be dropped."""

from django.core.management.base import BaseCommand, CommandError

from newsletter.management.private_key import read_private_key
from newsletter.subscribers.key_renewal import renew_keys

MAX_NAMED = 20


class Command(BaseCommand):
    help = (
        "Writes every address with the newest of SUBSCRIBER_KEYS; exit 1 while older keys are needed, with the codes "
        "by which the desk knows whose. Links in mails sent before need the older keys."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--unseal", metavar="FILE", help="The private key of SUBSCRIBER_SEAL; - reads it from input."
        )

    def handle(self, *, unseal, **options):
        renewal = renew_keys(private_key=unseal and read_private_key(unseal))
        self.stdout.write(f"{renewal.renewed} addresses sealed anew.")
        if renewal.left:
            named = ", ".join(renewal.left[:MAX_NAMED]) + (", …" if len(renewal.left) > MAX_NAMED else "")
            raise CommandError(
                f"{len(renewal.left)} addresses cannot be opened here and need the older keys: {named}. Keep those, or "
                "give the private key if they are sealed for it: --unseal FILE."
            )
