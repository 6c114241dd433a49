import sys

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from operations.backup import backup
from operations.backup.dump import IncompatibleBackup
from operations.backup.sealed_file import UnreadableBackup


class Command(BaseCommand):
    help = "Writes one encrypted file with the database and all files, while the site is in use, and reads it again."

    def add_arguments(self, parser):
        parser.add_argument("file", help="replaced if it is there, but only by a backup that was read again")

    def handle(self, *, file, **options):
        quiet = not sys.stderr.isatty()
        try:
            sums = backup.write_backup(file, progress=lambda names: tqdm(names, unit=" files", disable=quiet))
        except (backup.BackupImpossible, IncompatibleBackup, UnreadableBackup) as error:
            raise CommandError(f"No backup was made. {error}") from error
        except OSError as error:
            raise CommandError(f"No backup was made. {file}: {error.strerror}.") from error
        rows = sum(sums.rows.values())
        self.stdout.write(f"{file}: {rows} rows and {sums.files} files, encrypted, read again and found whole.")
        if sums.missing:
            self.stdout.write(f"Named but not stored, so not in it: {len(sums.missing)} files.")
