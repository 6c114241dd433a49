from django.core.management.base import BaseCommand, CommandError

from audit.chain import verify_chain

from ...models import Event


class Command(BaseCommand):
    help = "Checks the chain of the audit log; exit 1 and the first broken line if it does not hold."

    def add_arguments(self, parser):
        parser.add_argument(
            "--anchor",
            metavar="DIGEST",
            help="the digest from an earlier letter to the witnesses: finds a log that was cut off or written anew",
        )

    def handle(self, *, anchor=None, **options):
        broken = verify_chain(anchor=anchor)
        if broken:
            where = f"line {broken.pk}" if broken.pk else "the end"
            raise CommandError(f"The audit log is broken at {where}: {broken.reason}.")
        head = Event.objects.head()
        if head is None:
            self.stdout.write("The audit log is empty.")
        else:
            self.stdout.write(f"The audit log holds up to line {head.pk}, digest {head.digest}.")
