import sys

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from operations.backup import restore
from operations.backup.dump import IncompatibleBackup
from operations.backup.sealed_file import UnreadableBackup


class Command(BaseCommand):
    help = "Brings a backup back, whole or not at all, without what was withdrawn, purged or unsubscribed since."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--over", action="store_true", help="replace what is here; asks first")
        parser.add_argument("--yes", action="store_true", help="with --over: do not ask")
        parser.add_argument(
            "--erasures",
            action="append",
            default=[],
            metavar="FILE",
            help="another machine's or an older DATA_DIR/erasures, to be heeded as well",
        )

    def handle(self, *, file, over, yes, erasures, **options):
        quiet = not sys.stderr.isatty()
        try:
            self.refuse_or_ask(over=over, is_sure=yes)
            also = [read_erasures_file(name) for name in erasures]
            report = restore.restore_backup(
                file, also=also, progress=lambda parts: tqdm(parts, unit=" parts", disable=quiet)
            )
        except (UnreadableBackup, IncompatibleBackup) as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        self.tell(report)

    def refuse_or_ask(self, *, over, is_sure):
        if restore.is_site_empty():
            return
        if not over:
            raise CommandError("There is content here already. Nothing was changed; --over replaces it.")
        if not is_sure:
            self.stdout.write("Everything on this site will be replaced by the backup. Type yes to go on: ", ending="")
            self.stdout.flush()
            if sys.stdin.readline().strip() != "yes":
                raise CommandError("Nothing was changed.")

    def tell(self, report):
        self.stdout.write(
            f"Restored to {report.taken:%Y-%m-%d %H:%M:%S} UTC: {report.rows} rows, {report.files} files. "
            f"Taken back again: {report.withdrawn} withdrawn, {report.purged} purged, "
            f"{report.subscribers} unsubscribed. The administration site is locked, and nothing is sent: look at "
            "accounts, listed names and what is public, which are those of the copy, and then run: unlock"
        )
        for sentence in report.trouble:
            self.stdout.write(f"Look at this: {sentence}")


def read_erasures_file(name):
    try:
        with open(name, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError as error:
        raise CommandError(f"Nothing was changed. {name}: {error.strerror}.") from error
