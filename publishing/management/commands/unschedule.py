from django.core.management.base import BaseCommand

from publishing.models import Entry
from publishing.workflow.cli import add_item_arguments, get_item_by_slug, run_transition


class Command(BaseCommand):
    help = "Takes back the appointment of one item alone: what is public now stays public."

    def add_arguments(self, parser):
        add_item_arguments(parser)

    def handle(self, *, type, slug, **options):
        item = get_item_by_slug(type, slug)
        run_transition("unschedule", item)
        is_public = Entry.objects.public().filter(uid=item.uid).exists()
        left = "What was public before stays public." if is_public else "It is not public."
        self.stdout.write(f"Schedule cancelled: {type} {slug}. {left}")
