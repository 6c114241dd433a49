from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit.chain import record
from staff.emails import notify_account, notify_administrators
from staff.login.sessions import end_sessions
from staff.models import Account


class Command(BaseCommand):
    help = (
        "Removes the second factor of an account, for a lost phone or key, and ends its sessions. A new one is chosen "
        "at the next login. Make sure first that it is really this person who asks."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", help="the user name")

    @transaction.atomic
    def handle(self, *, name, **options):
        account = Account.objects.filter(username=name).first()
        if account is None:
            raise CommandError(f"There is no account {name}.")
        if not Authenticator.objects.filter(user=account).delete()[0]:
            raise CommandError(f"{name} has no second factor.")
        end_sessions(account)
        record("factor.reset", actor="operator", subject=f"account:{account.pk}")
        notify_account(account, "factor")
        notify_administrators(account, "factor", by="operator")
        self.stdout.write(
            f"{name} chooses a new second factor at the next login; until then the password alone opens it."
        )
