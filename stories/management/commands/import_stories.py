from django.core.management.base import BaseCommand

from publishing.workflow.cli import add_import_arguments, import_file
from stories.spreadsheet_columns import import_stories


class Command(BaseCommand):
    help = "Imports testimonies from a spreadsheet, all or nothing; every fault is named by row and column."

    def add_arguments(self, parser):
        add_import_arguments(parser)

    def handle(self, **options):
        import_file(import_stories, options, stdout=self.stdout)
