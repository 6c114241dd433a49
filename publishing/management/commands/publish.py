import datetime as dt

from django.core.management.base import BaseCommand

from publishing.workflow.cli import (
    add_item_arguments,
    add_meaning_arguments,
    get_item_by_slug,
    parse_moment,
    publish_with_report,
)


class Command(BaseCommand):
    help = "Publishes one item, now or at a time; refused exactly where the administration site would refuse."

    def add_arguments(self, parser):
        add_item_arguments(parser)
        parser.add_argument("--at", type=parse_moment, metavar="TIME", help="2026-11-22T18:00 (UTC), or with a zone")
        add_meaning_arguments(parser)

    def handle(self, *, type, slug, **options):
        release = publish_with_report(get_item_by_slug(type, slug), options, stdout=self.stdout)
        at = release.visible_from and release.visible_from.astimezone(dt.UTC)
        when = f"from {at:%Y-%m-%d %H:%M} UTC on" if at else "now"
        self.stdout.write(f"Published: {type} {slug}, public {when}.")
