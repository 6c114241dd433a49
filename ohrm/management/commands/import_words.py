"""Brings corrected words back from the spreadsheet that export_words made."""

import shutil
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.management.utils import popen_wrapper

from ohrm.catalogues import TO_OPEN, UnusableRows, import_translations


class Command(BaseCommand):
    help = "Takes the column “better” of a CSV file from export_words into its catalogue: all rows, or none."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", help="A CSV file (UTF-8) that export_words wrote and somebody filled in.")

    def handle(self, *, file, **options):
        try:
            catalogue, changed = import_translations(Path(file).read_text(encoding=TO_OPEN), settings.LOCALE_PATHS[0])
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} is not UTF-8. In a spreadsheet choose “CSV UTF-8” when saving.") from error
        except UnusableRows as error:
            raise CommandError("\n".join([*error.sentences, "Nothing was changed."])) from error
        self.stdout.write(f"{changed} changed in {catalogue.path}.")
        if changed:
            self.compile(catalogue)

    def compile(self, catalogue):
        """As compilemessages does, this one file. Only GNU gettext compiles, which not every machine has."""
        command = f"manage.py compilemessages -l {catalogue.code}"
        if not shutil.which("msgfmt"):
            self.stdout.write(f"Now compile it where GNU gettext is installed: {command}")
            return
        target = catalogue.path.with_suffix(".mo")
        _out, errors, status = popen_wrapper(["msgfmt", "--check-format", "-o", str(target), str(catalogue.path)])
        if status:
            raise CommandError(f"The words are written, but not compiled. Correct this, then {command}:\n{errors}")
        self.stdout.write("Compiled. The site shows it when it is started again.")
