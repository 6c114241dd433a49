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
from staff.emails import tell_of_change
from staff.form_recovery import keep_form

from .sessions import end_sessions
from .throttle import give_back, spend_code

KINDS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
FRESH = 10 * 60  # seconds
SEAL_SALT = b"ohrm staff second factor"
TOO_MANY = _(
    "Too many wrong codes. Wait a minute and try again. On a device that you have used before, "
    "or with a passkey, you get in meanwhile."
)


# --- Sealing ----------------------------------------------------------------------------------


def sealing_keys():
    """The newest key seals; older ones (SECRET_KEY_FALLBACKS) still open."""
    return MultiFernet([Fernet(derived(secret)) for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]])


def derived(secret):
    return base64.urlsafe_b64encode(HKDF(SHA256(), 32, SEAL_SALT, b"totp").derive(secret.encode()))


class FactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is wrong, or its time is over. Try the next one that is shown."),
        "cannot_delete_authenticator": _("A second factor is required here. Add another one first, then remove this."),
    }

    def encrypt(self, text):
        return sealing_keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return sealing_keys().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user):
        return user.username

    def generate_authenticator_name(self, user, type):
        return gettext("Passkey %(date)s") % {"date": date_format(timezone.localdate(), "SHORT_DATE_FORMAT")}

    def can_delete_authenticator(self, authenticator):
        """Where the second factor is required, the last one can be exchanged (add, then remove), never dropped."""
        if settings.SECOND_FACTOR != "required" or authenticator.type not in KINDS:
            return True
        others = Authenticator.objects.filter(user=authenticator.user_id, type__in=KINDS).exclude(pk=authenticator.pk)
        return others.exists()


# --- A code works once ------------------------------------------------------------------------


class CodeField:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        attrs = self.fields["code"].widget.attrs
        attrs.pop("placeholder", None)
        attrs |= {"autofocus": True, "inputmode": "numeric"}


class OnceMixin(CodeField):
    def clean_code(self):
        attempts = spend_code(context.request, self.user)
        if not attempts:
            raise ValidationError(TOO_MANY, code="throttled")
        code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            use_up(self.authenticator, code)
        give_back(attempts)
        return code


class CodeForm(OnceMixin, AuthenticateForm):
    pass


class FreshCodeForm(OnceMixin, ReauthenticateForm):
    pass


class FirstCodeForm(CodeField, ActivateTOTPForm):
    def clean_code(self):
        code = super().clean_code()
        count_as_fresh(self.user, Authenticator.Type.TOTP)
        return code


class PasskeyForm(AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("So that you know it from others, for example “My phone”.")
        self.fields["passwordless"].label = _("Opens the desk without the password")
        self.fields["passwordless"].help_text = _(
            "For a phone, a computer or a key that asks for a fingerprint, a face or a PIN. Leave it empty for others."
        )


def count_as_fresh(account, kind):
    """Whoever has just shown that a new factor works has proved as much as a proof could."""
    record_authentication(context.request, account, "mfa", type=kind, reauthenticated=True)


@transaction.atomic
def use_up(authenticator, code):
    """Refuse a code of a time step that was used already, or of an earlier one (RFC 6238, 5.2).

    Kept in the database: the cache that allauth asks may be each server process's own.
    """
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    secret = get_mfa_adapter().decrypt(row.data["secret"])
    typed = code.replace(" ", "").replace("-", "")
    steps = [step for step in yield_hotp_counters_from_time() if format_hotp_value(hotp_value(secret, step)) == typed]
    if not steps or max(steps) <= row.data.get("last_step", 0):
        raise ValidationError(_("This code was used already. Wait for the next one."), code="used")
    row.data["last_step"] = max(steps)
    row.save(update_fields=["data"])


# --- What changes, and who is told ------------------------------------------------------------


@receiver(authenticator_added)
def note_added(user, authenticator, **kwargs):
    if authenticator.type == Authenticator.Type.TOTP:
        # The code that proved the new app counts as used.
        authenticator.data["last_step"] = max(yield_hotp_counters_from_time()) - settings.MFA_TOTP_TOLERANCE
        authenticator.save(update_fields=["data"])
    if authenticator.type == Authenticator.Type.WEBAUTHN:
        count_as_fresh(user, authenticator.type)
    if authenticator.type in KINDS:
        note(user, "added", authenticator)


@receiver(authenticator_removed)
def note_removed(user, authenticator, **kwargs):
    if authenticator.type not in KINDS:
        return
    note(user, "removed", authenticator)
    if settings.SECOND_FACTOR == "required" and not has_factor(user):
        end_sessions(user)


@receiver(authenticator_reset)
def note_reset(user, authenticator, **kwargs):
    note(user, "codes", authenticator)


@receiver(authentication_failed)
def note_failed(user, authenticator, **kwargs):
    # Whoever came this far knows the password: worth a line that names the account.
    record("login.code-failed", actor="stranger", subject=f"account:{user.pk}")


def note(account, deed, authenticator):
    record(f"factor.{deed}", actor=account, subject=f"account:{account.pk}", kind=str(authenticator.type))
    tell_of_change(account, "factor")


# --- Having it, and how fresh it is -----------------------------------------------------------


def has_factor(account):
    return is_mfa_enabled(account, types=KINDS)


def must_enrol(request):
    """Whether this person may only choose a second factor now."""
    if settings.SECOND_FACTOR != "required" or "mfa" in methods(request):
        return False
    return not has_factor(request.user)


def methods(request, *, within=None):
    """What this session was proved with ("password", "mfa"), within the last so many seconds or ever."""
    since = 0 if within is None else time.time() - within
    return {entry["method"] for entry in get_authentication_records(request, request.user) if entry["at"] > since}


def is_fresh(request):
    """Whether the person proved a few minutes ago who they are: by the second factor if they have one."""
    if not request.user.is_authenticated:
        return False
    wanted = "mfa" if has_factor(request.user) else "password"
    return wanted in methods(request, within=FRESH)


def way_to_prove(request):
    return reverse("mfa_reauthenticate" if has_factor(request.user) else "account_reauthenticate")


def fresh_factor_required(view):
    """For views that export, give roles, make keys, purge, change settings. Daily editing never asks.

    A form that was open too long is shown again, filled in, to be sent after the proof.
    """

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if is_fresh(request):
            return view(request, *args, **kwargs)
        proof = way_to_prove(request)
        if request.method == "POST":
            return keep_form(request, proof, why="stale")
        return HttpResponseRedirect(f"{proof}?{urlencode({'next': request.get_full_path()})}")

    return wrapper
