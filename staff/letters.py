"""Writes to an account: the link that sets a password, and news of changes to the account itself.

A letter leaves by the background worker, so that nobody can tell by the time it takes whether
there is an account. Addresses of links come from the settings, never from the request.
"""

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from .models import Account
from .throttle import LETTER, spend

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


@task()
def write(pk, news):
    account = Account.objects.filter(pk=pk, is_active=True).exclude(email="").first()
    if account is None or (news == "link" and not spend(LETTER, str(pk))):
        return
    with translation.override(account.language or settings.LANGUAGE_CODE):
        link = password_link(account) if news == "link" else None
        body = render_to_string(
            f"staff/mail/{news}.txt", {"account": account, "link": link, "desk": settings.SITE_URL + "/admin/"}
        )
        send_mail(subject_of(news), body, None, [account.email])


def subject_of(news):
    return {
        "link": _("Set your password"),
        "password": _("Your password was changed"),
        "device": _("Your account was opened on a new device"),
        "factor": _("Your second factor was changed"),
        "role": _("What you may do at the desk has changed"),
    }[news]
