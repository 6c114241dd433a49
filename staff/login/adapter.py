"""The way in: name and password, then the second factor (allauth), with what the desk demands of it.

Not here: the second factor itself (`second_factor.py`), how guesses are slowed (`throttle.py`).
"""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm, ResetPasswordKeyForm
from django import forms
from django.contrib.auth.signals import user_logged_out
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.chain import record
from staff.emails import notify_account, request_password_link
from staff.models import Account

from .second_factor import has_factor, is_fresh
from .sessions import SessionStore, describe_device, end_sessions
from .throttle import (
    AUDIT_RECORD_LIMIT,
    LINK_REQUEST_LIMIT,
    get_known_device,
    refund_attempts,
    remember_device,
    spend_attempt,
    spend_password_attempt,
)

MISMATCH_MESSAGE = _("The name and password do not match, or the account is not active. Check both and try again.")
THROTTLED_MESSAGE = _(
    "Too many attempts. Wait a minute and try again. On a device you have used before, or with a passkey, you can "
    "log in without waiting."
)


class TranslatedLabelsMixin:
    """allauth's forms with labels that our catalogues translate, and without texts inside the boxes."""

    labels = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            self.fields[name].label = label
            if name in {"password", "oldpassword"}:
                self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)

    def add_error(self, field, error):
        super().add_error(field, _("The two passwords are not the same.") if field == "password2" else error)


class AccountLoginForm(TranslatedLabelsMixin, LoginForm):
    labels = {"login": _("Account name"), "password": _("Password")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autofocus"] = True

    def add_prefix(self, field_name):
        # The name that Django's own login has, which password managers have stored.
        return super().add_prefix("username" if field_name == "login" else field_name)


class PasswordReauthenticateForm(TranslatedLabelsMixin, ReauthenticateForm):
    labels = {"password": _("Password")}


class PasswordChangeForm(TranslatedLabelsMixin, ChangePasswordForm):
    labels = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }


class PasswordSetForm(TranslatedLabelsMixin, ResetPasswordKeyForm):
    labels = {"password1": _("New password"), "password2": _("New password again")}


class PasswordLinkForm(forms.Form):
    """Who has lost the password. Says the same to everybody, in the same time."""

    email = forms.CharField(
        label=_("Account name or e-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )

    def save(self, request):
        if spend_attempt(LINK_REQUEST_LIMIT):
            request_password_link(self.cleaned_data["email"].strip())


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": MISMATCH_MESSAGE,
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your current password."),
    }

    def is_open_for_signup(self, request):
        return False

    def pre_authenticate(self, request, **credentials):
        self.attempts = spend_password_attempt(request, credentials["username"])
        if not self.attempts:
            if spend_attempt(AUDIT_RECORD_LIMIT, credentials["username"].casefold()):
                record("login.slowed", actor="stranger", subject=get_audit_subject(credentials["username"]))
            raise ValidationError(THROTTLED_MESSAGE, code="throttled")

    def authenticate(self, request, **credentials):
        account = super().authenticate(request, **credentials)
        if account:
            refund_attempts(self.attempts)
        return account

    def authentication_failed(self, request, **credentials):
        # Never the name as typed: people type passwords into the wrong field.
        record("login.failed", actor="stranger", subject=get_audit_subject(credentials["username"]))

    def login(self, request, user):
        new = not get_known_device(request, user.username)
        request.session.begin(device=describe_device(request))
        super().login(request, user)
        record("login", actor=user, subject=f"account:{user.pk}", new_device=new)
        SessionStore.clear_expired()
        if new:
            notify_account(user, "device")

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        remember_device(request, response, user)
        return response

    def set_password(self, user, password):
        super().set_password(user, password)
        end_sessions(user)
        record("account.password", actor=user, subject=f"account:{user.pk}")
        notify_account(user, "password")

    def is_reauthentication_required(self, *, app, **kwargs):
        return not is_fresh(self.request)

    def get_reauthentication_methods(self, user):
        """Who has a second factor proves it by that; the password alone would be no proof."""
        ways = super().get_reauthentication_methods(user)
        if user.is_authenticated and has_factor(user):
            ways = [way for way in ways if way["id"] != "reauthenticate"]
        return ways

    def get_password_change_redirect_url(self, request):
        return reverse("staff_me")

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """allauth's own letters name the address and browser of whoever did it; ours do not (`emails.py`)."""


def get_audit_subject(name):
    """The account meant, if there is one: never the words of a stranger."""
    pk = Account.objects.filter(username=name).values_list("pk", flat=True).first()
    return f"account:{pk}" if pk else ""


@receiver(user_logged_out)
def record_logout(user, **kwargs):
    if user is not None:
        record("logout", actor=user, subject=f"account:{user.pk}")
