"""Brings in a list of subscribers that was kept elsewhere."""

from django.core.management.base import BaseCommand, CommandError

from newsletter.subscribers.csv_import import import_subscribers
from publishing.spreadsheets.reader import SpreadsheetError


class Command(BaseCommand):
    help = (
        "Imports subscribers from a CSV or XLSX file with the columns address, consent_date, consent_source and, if "
        "wanted, language, frequency, situation. Everybody is asked to confirm, unless --attested-by names who answers "
        "for their consent."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", help="CSV (UTF-8) or XLSX")
        parser.add_argument("--attested-by", default="", metavar="NAME", help="who attests that all of them confirmed")

    def handle(self, *, file, attested_by, **options):
        try:
            brought = import_subscribers(file, attested_by=attested_by)
        except SpreadsheetError as faulty:
            raise CommandError(f"Nothing was imported. Faults: {len(faulty.faults)}.\n{faulty}") from faulty
        self.stdout.write(f"{brought}.")
