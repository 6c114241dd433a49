from django.core.management.base import BaseCommand

from publishing.workflow import transitions
from publishing.workflow.cli import get_item_by_slug, run_transition


class Command(BaseCommand):
    help = "Takes one item from every public place at once."

    def add_arguments(self, parser):
        parser.add_argument("type", choices=["situation", "update", "story", "alert"])
        parser.add_argument("slug")
        parser.add_argument("--reason", required=True, help="kept in the audit log; never testimony, never a name")

    def handle(self, *, type, slug, reason, **options):
        items = run_transition(transitions.withdraw, get_item_by_slug(type, slug), reason=reason)
        with_it = f", and {len(items) - 1} items with it" if len(items) > 1 else ""
        self.stdout.write(f"Withdrawn: {type} {slug}{with_it}. Its addresses answer 410.")
