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

from staff.login.throttle import LETTER, spend

from .datetime_widgets import clock
from .models import Account

NOBODY = 0


def password_link(account):
    """An address where `account` sets its password; works once, for a day (PASSWORD_RESET_TIMEOUT)."""
    key = {"uidb36": user_pk_to_url_str(account), "key": default_token_generator.make_token(account)}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)


def ask_for_link(typed):
    """Write to whom the typed name or e-mail address belongs, if anybody; the same work either way."""
    found = Account.objects.filter(is_active=True).exclude(email="").filter(Q(username=typed) | Q(email__iexact=typed))
    pk = found.values_list("pk", flat=True).first()
    write.enqueue(pk or NOBODY, "link")


def tell_of_change(account, news):
    """`news` is "password", "device", "factor", "role" or "link"."""
    write.enqueue(account.pk, news)


def tell_all(accounts, news, **facts):
    """The same news to many; `facts` are plain values for the letter, moments as ISO."""
    for pk in accounts.filter(is_active=True).exclude(email="").values_list("pk", flat=True):
        write.enqueue(pk, news, facts)


@task()
def write(pk, news, facts=None):
    account = Account.objects.filter(pk=pk, is_active=True).exclude(email="").first()
    if account is None or (news == "link" and not spend(LETTER, str(pk))):
        return
    with translation.override(account.language or settings.LANGUAGE_CODE):
        link = password_link(account) if news == "link" else None
        body = render_to_string(f"staff/mail/{news}.txt", letter_context(account, facts or {}) | {"link": link})
        send_mail(subject_of(news), body, None, [account.email])


def letter_context(account, facts):
    told = {name: clock(moment) if (moment := as_moment(value)) else value for name, value in facts.items()}
    return {"account": account, "desk": settings.SITE_URL + "/admin/", **told}


def as_moment(value):
    """An aware datetime if that is what the text says, or None."""
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) else None


def subject_of(news):
    return {
        "alert": _("An alert was put up on the site"),
        "link": _("Set your password"),
        "password": _("Your password was changed"),
        "device": _("Your account was opened on a new device"),
        "factor": _("Your second factor was changed"),
        "role": _("What you may do at the desk has changed"),
    }[news]
