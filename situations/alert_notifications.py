"""This module knows whom to tell that an alert was put up: everybody else who could take it down."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from audit.follow_ups import add_follow_ups, follows
from staff.emails import notify_accounts
from staff.models import Account

WITHDRAW_PERMISSION = "situations.withdraw_alert"


def notify_alert_published(alert, *, by, at):
    """Queues a letter to each of them, without the words of the alert. What fails there never holds back an alert."""
    others = [
        account.pk
        for account in Account.objects.filter(is_active=True)
        if can_withdraw_alert(account) and account != by
    ]
    facts = {
        "who": str(by or "operator"),
        "starts": at or timezone.now().isoformat(),
        "ends": alert.ends.isoformat(),
        "address": settings.SITE_URL + reverse("admin:situations_alert_change", args=[alert.pk]),
    }
    add_follow_ups("alert-letters", [{"accounts": others, "facts": facts}])


@follows("alert-letters")
def queue_alert_letters(argument):
    notify_accounts(Account.objects.filter(pk__in=argument["accounts"]), "alert", **argument["facts"])


def can_withdraw_alert(account):
    return account.has_perm(WITHDRAW_PERMISSION)
