from django.core.management import call_command
from django.core.management.base import BaseCommand

from ohrm.static_files import collect_changed_files


class Command(BaseCommand):
    help = "Brings the database and the static files to what this version needs, before a server starts."

    def handle(self, *, verbosity, **options):
        call_command("migrate", interactive=False, verbosity=verbosity)
        collect_changed_files()
