from django.core.management.base import BaseCommand

from publishing.workflow.cli import add_item_arguments, get_item_by_slug, run_transition


class Command(BaseCommand):
    help = "Takes one item from every public place at once."

    def add_arguments(self, parser):
        add_item_arguments(parser)
        parser.add_argument("--reason", required=True, help="kept in the audit log; never testimony, never a name")

    def handle(self, *, type, slug, reason, **options):
        items = run_transition("withdraw", get_item_by_slug(type, slug), reason=reason)
        with_it = f", and {len(items) - 1} items with it" if len(items) > 1 else ""
        self.stdout.write(f"Withdrawn: {type} {slug}{with_it}. Its addresses answer 410.")
