from django.core.management.base import BaseCommand

from staff.lockdown import lock_down


class Command(BaseCommand):
    help = "Closes the desk: ends all sessions, refuses logins, pauses sending. Public pages stay up."

    def handle(self, **options):
        if lock_down(by="operator"):
            self.stdout.write("The desk is closed: all sessions ended, no logins, no sending. Open it with: unlock")
        else:
            self.stdout.write("The desk was closed already; sessions ended again.")
