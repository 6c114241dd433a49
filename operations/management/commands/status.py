import json

from django.core.management.base import BaseCommand, CommandError

from operations.status import collect_status


class Command(BaseCommand):
    help = "Says how the site is, part by part, and what to do where a person is needed; exit 1 there."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="for a program that watches")

    def handle(self, **options):
        lines = collect_status()
        if options["json"]:
            parts = [{"part": line.part, "ok": line.ok, "text": line.text, "todo": line.todo} for line in lines]
            self.stdout.write(json.dumps({"ok": all(line.ok for line in lines), "parts": parts}, indent=2))
        else:
            for line in lines:
                self.stdout.write(f"{'ok      ' if line.ok else 'LOOK    '}{line.part}: {line.text}")
                self.stdout.write(f"        -> {line.todo}" if line.todo else "", ending="\n" if line.todo else "")
        if not all(line.ok for line in lines):
            raise CommandError("A person is needed.")
