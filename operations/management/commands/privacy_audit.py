from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from operations.privacy import audit, files


class Command(BaseCommand):
    help = (
        "Searches database, media, mail, logs, temporary files and backups for what must not be there; exit 1 with "
        "a list of places and kinds, never of what was found."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--allow", action="append", default=[], metavar="ADDRESS", help="an e-mail address that may be published"
        )
        parser.add_argument(
            "--also", action="append", default=[], metavar="DIR", help="a folder of logs or backups to look at as well"
        )

    def handle(self, *, allow, also, **options):
        try:
            found = self.found(audit.get_allowed_addresses(allow), also=also)
        except DatabaseError as error:
            raise CommandError(f"The database cannot be read; is it migrated? {error}") from error
        for finding in found:
            self.stdout.write(str(finding))
        self.stdout.write(
            "Allowed in clear: the addresses of staff accounts, the organisation's contact, the site's own sender and "
            "AUDIT_WITNESSES" + (f", and {len(allow)} named with --allow." if allow else ".")
        )
        if found:
            raise CommandError(f"Findings: {len(found)}.")
        self.stdout.write("Nothing was found that must not be there.")

    def found(self, allowed, *, also):
        return [
            *audit.scan_tables(allowed),
            *audit.find_overdue(),
            *files.scan_media(),
            *files.scan_data_folder(allowed, also=also),
            *files.scan_temporary_folders(),
        ]
