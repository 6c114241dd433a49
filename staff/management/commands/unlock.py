from django.core.management.base import BaseCommand

from staff.lockdown import unlock


class Command(BaseCommand):
    help = "Opens the desk again after a lockdown. Everybody logs in anew."

    def handle(self, **options):
        if unlock(by="operator"):
            self.stdout.write("The desk is open: people can log in, and sending goes on.")
        else:
            self.stdout.write("The desk was not closed.")
