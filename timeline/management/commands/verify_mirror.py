from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from timeline.mirror import signature


class Command(BaseCommand):
    help = "Checks a mirror: the signature, and that no file was changed, added or taken away; exit 1 and a list."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("dir")
        parser.add_argument("--key", help="the public key that `mirror` printed; by default that of MIRROR_KEY")

    def handle(self, *, dir, key=None, **options):
        folder = Path(dir)
        faults = signature.find_mirror_faults(folder, public_key=parse_public_key_option(key))
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"{dir} is not as it was signed. Faults: {len(faults)}.")
        facts = signature.read_manifest_facts(folder)
        self.stdout.write(f"{dir} is the copy of {facts['site']} made on {facts['made']} (UTC), unchanged.")


def parse_public_key_option(text):
    if text is None and settings.MIRROR_KEY:
        return signature.load_private_key(settings.MIRROR_KEY).public_key()
    if text is None:
        raise CommandError("Say with --key which key it has to be signed with.")
    try:
        return signature.load_public_key(text)
    except ValueError as error:
        raise CommandError("--key is not a public key: 32 bytes as URL-safe base64.") from error
