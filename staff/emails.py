"""Writes to an account: the link that sets a password, and news of changes to the account itself.

A letter leaves by the background worker, so that nobody can tell by the time it takes whether
there is an account. Addresses of links come from the settings, never from the request.
"""

import datetime as dt

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from staff.login.throttle import LINK_EMAIL_LIMIT, spend_attempt

from .datetime_widgets import format_desk_datetime
from .models import Account
from .roles import get_administrators

NO_ACCOUNT = 0


def build_password_link(account):
    """An address where `account` sets its password; works once, for a day (PASSWORD_RESET_TIMEOUT)."""
    key = {"uidb36": user_pk_to_url_str(account), "key": default_token_generator.make_token(account)}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)


def request_password_link(typed):
    """Write to whom the typed name or e-mail address belongs, if anybody; the same work either way."""
    found = Account.objects.filter(is_active=True).exclude(email="").filter(Q(username=typed) | Q(email__iexact=typed))
    pk = found.values_list("pk", flat=True).first()
    send_account_email.enqueue(pk or NO_ACCOUNT, "link")


def notify_account(account, news):
    """`news` is "password", "device", "factor", "role" or "link"."""
    send_account_email.enqueue(account.pk, news)


def notify_accounts(accounts, news, **facts):
    """The same news to many; `facts` are plain values for the letter, moments as ISO."""
    for pk in accounts.filter(is_active=True).exclude(email="").values_list("pk", flat=True):
        send_account_email.enqueue(pk, news, facts)


def notify_administrators(account, what, *, by):
    """Tells the other administrators, and the witnesses outside, what somebody did to an account.

    `what` is "made", "roles", "link" or "factor"; `by` an account, or the word for who is none.
    """
    facts = {"what": what, "who": str(by), "whom": account.username}
    others = get_administrators().exclude(pk__in=[account.pk, getattr(by, "pk", None) or 0])
    notify_accounts(others, "others", **facts)
    for address in settings.AUDIT_WITNESSES:  # a letter each: they need not know of one another
        send_witness_email.enqueue(address, facts)


@task()
def send_witness_email(address, facts):
    with translation.override(settings.LANGUAGE_CODE):
        context = {"account": None, "desk": settings.SITE_URL + "/admin/", **facts}
        send_mail(get_email_subject("others"), render_to_string("staff/mail/others.txt", context), None, [address])


@task()
def send_account_email(pk, news, facts=None):
    account = Account.objects.filter(pk=pk, is_active=True).exclude(email="").first()
    if account is None or (news == "link" and not spend_attempt(LINK_EMAIL_LIMIT, str(pk))):
        return
    with translation.override(account.language or settings.LANGUAGE_CODE):
        link = build_password_link(account) if news == "link" else None
        body = render_to_string(f"staff/mail/{news}.txt", build_email_context(account, facts or {}) | {"link": link})
        send_mail(get_email_subject(news), body, None, [account.email])


def build_email_context(account, facts):
    told = {
        name: format_desk_datetime(moment) if (moment := parse_aware_datetime(value)) else value
        for name, value in facts.items()
    }
    return {"account": account, "desk": settings.SITE_URL + "/admin/", **told}


def parse_aware_datetime(value):
    """An aware datetime if that is what the text says, or None."""
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) else None


def get_email_subject(news):
    return {
        "alert": _("An alert was published on the site"),
        "link": _("Set your password"),
        "others": _("An account of the administration site was changed"),
        "password": _("Your password was changed"),
        "device": _("Your account was opened on a new device"),
        "factor": _("Your second factor was changed"),
        "role": _("Your permissions have changed"),
    }[news]
