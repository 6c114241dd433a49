from django.core.management.base import BaseCommand

from publishing.workflow import entries


class Command(BaseCommand):
    help = "Writes all entries anew from the releases; what is public stays exactly the same."

    def handle(self, **options):
        self.stdout.write(f"Written anew from {entries.rebuild_entries()} releases.")
