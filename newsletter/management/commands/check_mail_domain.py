"""Asks the name server what large providers will ask before they take our mail."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from newsletter.mail import name_server
from newsletter.mail.domain_check import check_mail_domain


class Command(BaseCommand):
    help = "Explains SPF, DKIM, DMARC and the rules for bulk mail, for the domain of MAIL_FROM; exit 1 for a fault."

    def add_arguments(self, parser):
        parser.add_argument("--selector", action="append", default=[], help="of the DKIM key; may repeat")
        parser.add_argument("--message", metavar="FILE", help="one of our mails as it arrived, with its signature")
        parser.add_argument("--zone", metavar="FILE", help="prepared answers instead of the name server's")

    def handle(self, *, selector, message, zone, **options):
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">").lower()
        try:
            found = list(
                check_mail_domain(
                    domain,
                    selectors=selector,
                    site_url=settings.SITE_URL,
                    lookup=name_server.read_zone_file(zone) if zone else name_server.lookup_records,
                    message=Path(message).read_bytes() if message else None,
                )
            )
        except (name_server.NameServerError, OSError) as error:
            raise CommandError(str(error)) from error
        for finding in found:
            self.stdout.write(str(finding))
        if faults := [finding for finding in found if finding.is_fault]:
            raise CommandError(f"{domain}: {len(faults)} faults.")
        self.stdout.write(f"{domain}: mail has what providers ask for.")
