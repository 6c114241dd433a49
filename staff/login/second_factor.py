"""The second factor: how its secrets are sealed, that a code works once, and how fresh it is.

Not here: the password and the login as a whole (`adapter.py`), which pages demand what (`access.py`).
"""

import base64
import time
from functools import wraps

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.chain import record
from staff.emails import notify_account, notify_administrators
from staff.form_recovery import render_recovered_form

from .sessions import end_sessions
from .throttle import refund_attempts, spend_code_attempt

FACTOR_TYPES = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
FRESH_SECONDS = 10 * 60  # seconds
SEAL_SALT = b"ohrm staff second factor"
THROTTLED_MESSAGE = _(
    "Too many wrong codes. Wait a minute and try again. On a device you have used before, or with a passkey, you can "
    "log in without waiting."
)


# --- Sealing ----------------------------------------------------------------------------------


def get_fernet():
    """The newest key seals; older ones (SECRET_KEY_FALLBACKS) still open."""
    return MultiFernet(
        [Fernet(derive_fernet_key(secret)) for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]]
    )


def derive_fernet_key(secret):
    return base64.urlsafe_b64encode(HKDF(SHA256(), 32, SEAL_SALT, b"totp").derive(secret.encode()))


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is wrong or has expired. Try the next one shown."),
        "cannot_delete_authenticator": _("A second factor is required here. Add another one first, then remove this."),
    }

    def encrypt(self, text):
        return get_fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return get_fernet().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user):
        return user.username

    def generate_authenticator_name(self, user, type):
        return gettext("Passkey %(date)s") % {"date": date_format(timezone.localdate(), "SHORT_DATE_FORMAT")}

    def can_delete_authenticator(self, authenticator):
        """Where the second factor is required, the last one can be exchanged (add, then remove), never dropped."""
        if settings.SECOND_FACTOR != "required" or authenticator.type not in FACTOR_TYPES:
            return True
        others = Authenticator.objects.filter(user=authenticator.user_id, type__in=FACTOR_TYPES).exclude(
            pk=authenticator.pk
        )
        return others.exists()


# --- A code works once ------------------------------------------------------------------------


class CodeFieldMixin:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        attrs = self.fields["code"].widget.attrs
        attrs.pop("placeholder", None)
        attrs |= {"autofocus": True, "inputmode": "numeric"}


class OneTimeCodeMixin(CodeFieldMixin):
    def clean_code(self):
        attempts = spend_code_attempt(context.request, self.user)
        if not attempts:
            raise ValidationError(THROTTLED_MESSAGE, code="throttled")
        code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            consume_code(self.authenticator, code)
        refund_attempts(attempts)
        return code


class CodeAuthenticateForm(OneTimeCodeMixin, AuthenticateForm):
    pass


class CodeReauthenticateForm(OneTimeCodeMixin, ReauthenticateForm):
    pass


class TOTPActivateForm(CodeFieldMixin, ActivateTOTPForm):
    def clean_code(self):
        code = super().clean_code()
        record_fresh_factor(self.user, Authenticator.Type.TOTP)
        return code


class PasskeyForm(AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("To tell it apart from others, for example “My phone”.")
        self.fields["passwordless"].label = _("Opens the administration site without the password")
        self.fields["passwordless"].help_text = _(
            "For a phone, a computer or a key that asks for a fingerprint, a face or a PIN. Leave it empty for others."
        )


def record_fresh_factor(account, kind):
    """Whoever has just shown that a new factor works has proved as much as a proof could."""
    record_authentication(context.request, account, "mfa", type=kind, reauthenticated=True)


@transaction.atomic
def consume_code(authenticator, code):
    """Refuse a code of a time step that was used already, or of an earlier one (RFC 6238, 5.2).

    Kept in the database: the cache that allauth asks may be each server process's own.
    """
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    secret = get_mfa_adapter().decrypt(row.data["secret"])
    typed = code.replace(" ", "").replace("-", "")
    steps = [step for step in yield_hotp_counters_from_time() if format_hotp_value(hotp_value(secret, step)) == typed]
    if not steps or max(steps) <= row.data.get("last_step", 0):
        raise ValidationError(_("This code has already been used. Wait for the next one."), code="used")
    row.data["last_step"] = max(steps)
    row.save(update_fields=["data"])


# --- What changes, and who is told ------------------------------------------------------------


@receiver(authenticator_added)
def record_factor_added(user, authenticator, **kwargs):
    if authenticator.type == Authenticator.Type.TOTP:
        # The code that proved the new app counts as used.
        authenticator.data["last_step"] = max(yield_hotp_counters_from_time()) - settings.MFA_TOTP_TOLERANCE
        authenticator.save(update_fields=["data"])
    if authenticator.type == Authenticator.Type.WEBAUTHN:
        record_fresh_factor(user, authenticator.type)
    if authenticator.type in FACTOR_TYPES:
        record_factor_change(user, "added", authenticator)


@receiver(authenticator_removed)
def record_factor_removed(user, authenticator, **kwargs):
    if authenticator.type not in FACTOR_TYPES:
        return
    record_factor_change(user, "removed", authenticator)
    if settings.SECOND_FACTOR == "required" and not has_factor(user):
        end_sessions(user)


@receiver(authenticator_reset)
def record_codes_reset(user, authenticator, **kwargs):
    record_factor_change(user, "codes", authenticator)


@receiver(authentication_failed)
def record_code_failed(user, authenticator, **kwargs):
    # Whoever came this far knows the password: worth a line that names the account.
    record("login.code-failed", actor="stranger", subject=f"account:{user.pk}")


def record_factor_change(account, deed, authenticator):
    record(f"factor.{deed}", actor=account, subject=f"account:{account.pk}", kind=str(authenticator.type))
    notify_account(account, "factor")


# --- Having it, and how fresh it is -----------------------------------------------------------


@transaction.atomic
def reset_factor(account, *, by):
    """Removes what an account proves itself with besides its password, for a lost phone or key, and ends its sessions;
    the account and the other administrators hear of it. `by` is an account or the word for an operator."""
    Authenticator.objects.filter(user=account).delete()
    end_sessions(account)
    record("factor.reset", actor=by, subject=f"account:{account.pk}")
    notify_account(account, "factor")
    notify_administrators(account, "factor", by=by)


def has_factor(account):
    return is_mfa_enabled(account, types=FACTOR_TYPES)


def must_enrol(request):
    """Whether this person may only choose a second factor now."""
    if settings.SECOND_FACTOR != "required" or "mfa" in get_authentication_methods(request):
        return False
    return not has_factor(request.user)


def get_authentication_methods(request, *, within=None):
    """What this session was proved with ("password", "mfa"), within the last so many seconds or ever."""
    since = 0 if within is None else time.time() - within
    return {entry["method"] for entry in get_authentication_records(request, request.user) if entry["at"] > since}


def is_fresh(request):
    """Whether the person proved a few minutes ago who they are: by the second factor if they have one."""
    if not request.user.is_authenticated:
        return False
    wanted = "mfa" if has_factor(request.user) else "password"
    return wanted in get_authentication_methods(request, within=FRESH_SECONDS)


def get_reauthentication_url(request):
    return reverse("mfa_reauthenticate" if has_factor(request.user) else "account_reauthenticate")


def fresh_factor_required(view):
    """For views that export, give roles, make keys, purge, change settings. Daily editing never asks.

    A form that was open too long is shown again, filled in, to be sent after the proof.
    """

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if is_fresh(request):
            return view(request, *args, **kwargs)
        proof = get_reauthentication_url(request)
        if request.method == "POST":
            return render_recovered_form(request, proof, why="stale")
        return HttpResponseRedirect(f"{proof}?{urlencode({'next': request.get_full_path()})}")

    return wrapper
