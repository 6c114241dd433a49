"""Slows guesses without locking anybody out (OWASP "slow down online guessing attacks with device cookies").

Who guesses from an unknown device spends the few tries that the account has there, and the tries of
the whole site. A device on which the account has logged in before has tries of its own, so that
its owner gets in while the guessing goes on. No address of anybody is asked for or kept; what is
counted is kept for a day under a keyed hash that changes daily.
Not here: passkeys, which cannot be guessed and are never slowed.
"""

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.crypto import salted_hmac

from staff.models import Attempt

DAY = 24 * 3600
DEVICE_SALT = "staff.login.throttle.device"
DEVICE_AGE = 180 * DAY
DEVICE_COOKIE = "__Secure-device" if settings.TLS else "device"
MAX_ACCOUNTS_PER_DEVICE = 10


@dataclass(frozen=True)
class Limit:
    name: str
    tries: int
    seconds: int


PASSWORD_LIMIT = Limit("password", 5, 60)
DEVICE_PASSWORD_LIMIT = Limit("password from device", 10, 60)
SITE_PASSWORD_LIMIT = Limit("everybody", 100, 60)
CODE_LIMIT = Limit("code", 5, 60)
DAILY_CODE_LIMIT = Limit("code a day", 50, DAY)
DEVICE_CODE_LIMIT = Limit("code from device", 10, 60)
LINK_REQUEST_LIMIT = Limit("links", 30, 60)
LINK_EMAIL_LIMIT = Limit("letter", 3, 3600)
AUDIT_RECORD_LIMIT = Limit("told", 1, 3600)


def spend_attempt(limit, who=""):
    """Take one try of `limit` for `who`. Returns the Attempt, or None if there is none left.

    Counted before it is used, so that tries made at the same moment cannot all pass.
    """
    now = timezone.now()
    Attempt.objects.filter(at__lt=now - dt.timedelta(seconds=DAY)).delete()
    mine = Attempt.objects.create(bucket=get_bucket(limit, who), at=now)
    since = now - dt.timedelta(seconds=limit.seconds)
    if Attempt.objects.filter(bucket=mine.bucket, at__gt=since, pk__lte=mine.pk).count() <= limit.tries:
        return mine
    mine.delete()
    return None


def spend_attempts(pairs):
    """Take one try of each (limit, who), or of none. Returns the list of Attempts, empty if refused."""
    taken = []
    for limit, who in pairs:
        attempt = spend_attempt(limit, who)
        if attempt is None:
            refund_attempts(taken)
            return []
        taken.append(attempt)
    return taken


def refund_attempts(attempts):
    """A try that succeeded was no guess."""
    Attempt.objects.filter(pk__in=[attempt.pk for attempt in attempts]).delete()


def spend_password_attempt(request, name):
    """A try to give the password of the account `name`, whether or not there is such an account."""
    device = get_known_device(request, name)
    if device:
        return spend_attempts([(DEVICE_PASSWORD_LIMIT, device)])
    return spend_attempts([(PASSWORD_LIMIT, name.casefold()), (SITE_PASSWORD_LIMIT, "")])


def spend_code_attempt(request, account):
    """A try to give a code of the second factor."""
    device = get_known_device(request, account.username)
    if device:
        return spend_attempts([(DEVICE_CODE_LIMIT, device)])
    return spend_attempts([(CODE_LIMIT, str(account.pk)), (DAILY_CODE_LIMIT, str(account.pk))])


def get_bucket(limit, who):
    today = timezone.now().date().isoformat()
    return salted_hmac(f"staff.login.throttle {today}", f"{limit.name}:{who}", algorithm="sha256").hexdigest()


# --- The devices on which an account has logged in --------------------------------------------


def get_known_device(request, name):
    """The random name of this device if `name` has logged in on it before, else None."""
    device = read_device_cookie(request)
    return (
        device["id"] if any(hmac.compare_digest(mark, hash_account_name(name)) for mark in device["accounts"]) else None
    )


def remember_device(request, response, account):
    """Marks the browser that gets `response` as one where this account has logged in."""
    device = read_device_cookie(request)
    marks = [hash_account_name(account.username), *device["accounts"]]
    device["accounts"] = list(dict.fromkeys(marks))[:MAX_ACCOUNTS_PER_DEVICE]
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps(device, salt=DEVICE_SALT),
        max_age=DEVICE_AGE,
        path="/admin/",
        secure=settings.TLS,
        httponly=True,
        samesite="Lax",
    )


def read_device_cookie(request):
    try:
        return signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_SALT, max_age=DEVICE_AGE)
    except signing.BadSignature:
        return {"id": secrets.token_urlsafe(12), "accounts": []}


def hash_account_name(name):
    """Stands for an account's name in the cookie, so that a found phone does not tell whose it is."""
    return hashlib.sha256(salted_hmac(DEVICE_SALT, name.casefold(), algorithm="sha256").digest()).hexdigest()[:16]
