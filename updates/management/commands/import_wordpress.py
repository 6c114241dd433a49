from django.core.management.base import BaseCommand, CommandError

from publishing.spreadsheets.reader import SpreadsheetError
from updates.wordpress_export import UnreadableExport
from updates.wordpress_import import WordPressImport


class Command(BaseCommand):
    help = (
        "Makes drafts of the posts of a WordPress export (WXR), all or nothing, with their languages, tags, links "
        "among themselves, pictures and documents; nothing is fetched."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", help="what Tools, Export, All content gave")
        parser.add_argument("--situation", required=True, metavar="SLUG", help="where the drafts go")
        parser.add_argument("--media", metavar="DIR", help="a copy of wp-content/uploads")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")

    def handle(self, *, file, situation, media, dry_run, **options):
        try:
            move = WordPressImport(file, situation=situation, media=media)
            report = move.run(dry_run=dry_run, quiet=not self.stdout.isatty())
        except OSError as error:
            raise CommandError(f"Nothing was imported. {file}: {error.strerror}.") from error
        except UnreadableExport as error:
            raise CommandError(f"Nothing was imported. {file}: {error}") from error
        except SpreadsheetError as error:
            raise CommandError("\n".join(["Nothing was imported.", *self.name_faults(move, error.faults)])) from error
        self.tell(report, dry_run=dry_run)

    def name_faults(self, move, faults):
        for fault in faults:
            post = next(iter(move.groups[fault.row - 2].values())) if fault.row > 1 else None
            yield f"“{post.title or post.id}”, {fault.column}: {fault.sentence}" if post else str(fault)

    def tell(self, report, *, dry_run):
        self.stdout.write(("Nothing was written. It would be: " if dry_run else "") + str(report.summary))
        self.stdout.write(f"{report.pictures} pictures and {report.documents} documents taken over; all are drafts.")
        if report.skipped:
            self.stdout.write(f"{report.skipped} pages of the site were left: they are no posts.")
        for sentence in report.notes:
            self.stdout.write(sentence)
