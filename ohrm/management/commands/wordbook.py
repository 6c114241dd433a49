"""Every public page and mail in every language as plain files, for native readers."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.loader import load_demo
from ohrm.wordbook.scratch import run_in_scratch_site
from ohrm.wordbook.writing import FolderInUse, prepare_folder, write_wordbook


class Command(BaseCommand):
    help = "Writes every public page and mail, with the demo, as plain files whose sentences show their English."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", help="Where to write it; wordbook/ in DATA_DIR if left out.")
        parser.add_argument(
            "--language",
            action="append",
            dest="languages",
            choices=settings.SHIPPED_LANGUAGES,
            metavar="LL",
            help="One language of the book; may be given several times. All of the site if left out.",
        )
        parser.add_argument(
            "--here",
            action="store_true",
            help="Fills the database of the environment, which has to be empty, instead of a temporary one.",
        )

    def handle(self, *, folder, languages, here, **options):
        languages = languages or [code for code, _label in settings.LANGUAGES]
        folder = Path(folder or settings.DATA_DIR / "wordbook").resolve()
        try:
            prepare_folder(folder)
        except FolderInUse as error:
            raise CommandError(str(error)) from error
        if here:
            self.write_here(folder, languages)
        else:
            self.write_from_scratch_site(folder, languages)

    def write_from_scratch_site(self, folder, languages):
        chosen = [f"--language={code}" for code in languages]
        if not run_in_scratch_site(
            ["migrate", "--skip-checks", "--verbosity", "0"], ["wordbook", str(folder), "--here", *chosen]
        ):
            raise CommandError("The wordbook could not be written.")

    def write_here(self, folder, languages):
        if not load_demo():
            raise CommandError("This database has content. The wordbook is drawn from one of its own.")
        write_wordbook(folder, languages=languages, report=self.stdout.write)
        self.stdout.write(f"Open {folder / 'index.html'} in a browser.")
