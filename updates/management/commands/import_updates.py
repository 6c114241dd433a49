from django.core.management.base import BaseCommand

from publishing.workflow.cli import add_import_arguments, import_file
from updates.spreadsheet_columns import import_updates


class Command(BaseCommand):
    help = "Imports updates from a spreadsheet, all or nothing; every fault is named by row and column."

    def add_arguments(self, parser):
        add_import_arguments(parser)

    def handle(self, **options):
        import_file(import_updates, options, stdout=self.stdout)
