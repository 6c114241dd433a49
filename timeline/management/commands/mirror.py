from django.core.management.base import BaseCommand, CommandError

from timeline.mirror import build


class Command(BaseCommand):
    help = "Builds the signed static copy of all public pages; an older one in the folder is replaced when it is whole."

    def add_arguments(self, parser):
        parser.add_argument("dir")

    def handle(self, *, dir, **options):
        try:
            built = build.build_mirror(dir)
        except build.MirrorBuildError as error:
            raise CommandError(f"No mirror was made. {error}") from error
        self.stdout.write(f"{dir}: {built.pages} pages, {built.files} files, signed. To be checked with: {built.key}")
        if left := build.count_left_out():
            self.stdout.write(f"Left out, for want of consent to copies: {left} items.")
