from django.core.management.base import BaseCommand

from staff.lockdown import unlock


class Command(BaseCommand):
    help = "Unlocks the administration site after a lockdown. Everybody has to log in again."

    def handle(self, **options):
        if unlock(by="operator"):
            self.stdout.write("The administration site is unlocked: people can log in, and sending resumes.")
        else:
            self.stdout.write("The administration site was not locked.")
