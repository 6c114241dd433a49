"""Takes the words of one language to a spreadsheet, for a reader who has no other tool."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ohrm.catalogues import TO_OPEN, Catalogue, read_catalogues, write_rows


class Command(BaseCommand):
    help = "Writes the translations of a language as CSV, with an empty column for what would be better."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("language", help="The code of a translated language, such as fr.")
        parser.add_argument("file", nargs="?", help="Where to write it; words-LL.csv in this folder if left out.")

    def handle(self, *, language, file=None, **options):
        paths = read_catalogues(settings.LOCALE_PATHS[0])
        if language not in paths:
            raise CommandError(f"There is no catalogue for “{language}”. There are: {', '.join(paths)}.")
        target = Path(file or f"words-{language}.csv")
        try:
            with target.open("w", encoding=TO_OPEN, newline="") as opened:
                write_rows(Catalogue(paths[language]), opened)
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{target} is written. Fill in the column “better”, then: manage.py import_words {target}")
