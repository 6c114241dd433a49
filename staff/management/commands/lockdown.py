from django.core.management.base import BaseCommand

from staff.lockdown import lock_down


class Command(BaseCommand):
    help = "Locks the administration site: ends all sessions, refuses logins, pauses sending. Public pages stay online."

    def handle(self, **options):
        if lock_down(by="operator"):
            self.stdout.write(
                "The administration site is locked: all sessions ended, no logins, no sending. Unlock it with: unlock"
            )
        else:
            self.stdout.write("The administration site was locked already; sessions ended again.")
