from django.core.management.base import BaseCommand

from publishing import files, workflow


class Command(BaseCommand):
    help = "Deletes stored files that nothing names, as an upload leaves that was killed half-way; run it daily."

    def handle(self, **options):
        self.stdout.write(f"Deleted {files.sweep(workflow.files_in_use())} files that nothing names.")
