from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit.chain import record
from staff.emails import build_password_link, notify_administrators
from staff.models import Account

OPERATOR = "operator"


class Command(BaseCommand):
    help = (
        "Makes an account an administrator, a new one if there is none of that name, and prints a link with which the "
        "person sets a password: for a new site, and for the day the only administrator is gone."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", help="the user name")

    @transaction.atomic
    def handle(self, *, name, **options):
        account = Account.objects.filter(username=name).first() or self.make_account(name)
        if not account.is_active:
            raise CommandError(f"{name} is disabled. Choose another name: a disabled account stays so.")
        account.groups.add(Group.objects.get(name="administrator"))
        Account.objects.filter(pk=account.pk).update(is_superuser=True, is_staff=True)
        subject = f"account:{account.pk}"
        record("account.roles", actor=OPERATOR, subject=subject, after=["administrator"])
        record("account.link", actor=OPERATOR, subject=subject)
        notify_administrators(account, "roles", by=OPERATOR)
        self.stdout.write(f"{name} is an administrator and sets a password here, once and within a day:")
        self.stdout.write(f"  {build_password_link(account)}")

    def make_account(self, name):
        account = Account(username=name, is_staff=True)
        account.set_unusable_password()
        try:
            account.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        account.save()
        record("account.made", actor=OPERATOR, subject=f"account:{account.pk}", roles=[])
        return account
