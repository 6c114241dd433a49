from django.core.management.base import BaseCommand

from publishing import workflow
from publishing.operator import do, moment, named


class Command(BaseCommand):
    help = "Publishes one item, now or at a time; refused exactly where the desk would refuse."

    def add_arguments(self, parser):
        parser.add_argument("type", choices=["situation", "update", "story", "alert"])
        parser.add_argument("slug")
        parser.add_argument("--at", type=moment, metavar="TIME", help="2026-11-22T18:00 (UTC), or with a zone")

    def handle(self, *, type, slug, at, **options):
        release = do(workflow.publish, named(type, slug), at=at)
        when = f"from {release.visible_from:%Y-%m-%d %H:%M} UTC on" if release.visible_from else "now"
        self.stdout.write(f"Published: {type} {slug}, public {when}.")
