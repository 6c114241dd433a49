from django.core.management.base import BaseCommand

from publishing.media import files
from publishing.media.inventory import get_files_in_use


class Command(BaseCommand):
    help = "Deletes stored files that nothing names, as an upload leaves that was killed half-way; run it daily."

    def handle(self, **options):
        self.stdout.write(f"Deleted {files.delete_orphaned_files(get_files_in_use())} files that nothing names.")
