from django.core.management.base import BaseCommand, CommandError

from staff.login.second_factor import has_factor, reset_factor
from staff.models import Account


class Command(BaseCommand):
    help = (
        "Removes the second factor of an account, for a lost phone or key, and ends its sessions. A new one is chosen "
        "at the next login. Make sure first that it is really this person who asks."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", help="the user name")

    def handle(self, *, name, **options):
        account = Account.objects.filter(username=name).first()
        if account is None:
            raise CommandError(f"There is no account {name}.")
        if not has_factor(account):
            raise CommandError(f"{name} has no second factor.")
        reset_factor(account, by="operator")
        self.stdout.write(
            f"{name} chooses a new second factor at the next login; until then the password alone opens it."
        )
