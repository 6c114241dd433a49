from django.core.management.base import BaseCommand

from audit.head import send_head_to_witnesses


class Command(BaseCommand):
    help = "Mails the newest digest of the audit log to AUDIT_WITNESSES; once a day, however often it is called."

    def handle(self, **options):
        head = send_head_to_witnesses()
        if head:
            self.stdout.write(f"The witnesses were told of line {head.pk}, digest {head.digest}.")
        else:
            self.stdout.write("Nothing to tell: already told today, no AUDIT_WITNESSES, or an empty log.")
