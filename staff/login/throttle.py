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
ACCOUNTS_A_DEVICE = 10


@dataclass(frozen=True)
class Limit:
    name: str
    tries: int
    seconds: int


PASSWORD = Limit("password", 5, 60)
PASSWORD_FROM_DEVICE = Limit("password from device", 10, 60)
EVERYBODY = Limit("everybody", 100, 60)
CODE = Limit("code", 5, 60)
CODE_A_DAY = Limit("code a day", 50, DAY)
CODE_FROM_DEVICE = Limit("code from device", 10, 60)
LINKS = Limit("links", 30, 60)
LETTER = Limit("letter", 3, 3600)
TOLD = Limit("told", 1, 3600)


def spend(limit, who=""):
    """Take one try of `limit` for `who`. Returns the Attempt, or None if there is none left.

    Counted before it is used, so that tries made at the same moment cannot all pass.
    """
    now = timezone.now()
    Attempt.objects.filter(at__lt=now - dt.timedelta(seconds=DAY)).delete()
    mine = Attempt.objects.create(bucket=bucket(limit, who), at=now)
    since = now - dt.timedelta(seconds=limit.seconds)
    if Attempt.objects.filter(bucket=mine.bucket, at__gt=since, pk__lte=mine.pk).count() <= limit.tries:
        return mine
    mine.delete()
    return None


def spend_all(pairs):
    """Take one try of each (limit, who), or of none. Returns the list of Attempts, empty if refused."""
    taken = []
    for limit, who in pairs:
        attempt = spend(limit, who)
        if attempt is None:
            give_back(taken)
            return []
        taken.append(attempt)
    return taken


def give_back(attempts):
    """A try that succeeded was no guess."""
    Attempt.objects.filter(pk__in=[attempt.pk for attempt in attempts]).delete()


def spend_password(request, name):
    """A try to give the password of the account `name`, whether or not there is such an account."""
    device = known_device(request, name)
    if device:
        return spend_all([(PASSWORD_FROM_DEVICE, device)])
    return spend_all([(PASSWORD, name.casefold()), (EVERYBODY, "")])


def spend_code(request, account):
    """A try to give a code of the second factor."""
    device = known_device(request, account.username)
    if device:
        return spend_all([(CODE_FROM_DEVICE, device)])
    return spend_all([(CODE, str(account.pk)), (CODE_A_DAY, str(account.pk))])


def bucket(limit, who):
    today = timezone.now().date().isoformat()
    return salted_hmac(f"staff.login.throttle {today}", f"{limit.name}:{who}", algorithm="sha256").hexdigest()


# --- The devices on which an account has logged in --------------------------------------------


def known_device(request, name):
    """The random name of this device if `name` has logged in on it before, else None."""
    device = read_device(request)
    return device["id"] if any(hmac.compare_digest(mark, mark_of(name)) for mark in device["accounts"]) else None


def remember_device(request, response, account):
    """Marks the browser that gets `response` as one where this account has logged in."""
    device = read_device(request)
    marks = [mark_of(account.username), *device["accounts"]]
    device["accounts"] = list(dict.fromkeys(marks))[:ACCOUNTS_A_DEVICE]
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps(device, salt=DEVICE_SALT),
        max_age=DEVICE_AGE,
        path="/admin/",
        secure=settings.TLS,
        httponly=True,
        samesite="Lax",
    )


def read_device(request):
    try:
        return signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_SALT, max_age=DEVICE_AGE)
    except signing.BadSignature:
        return {"id": secrets.token_urlsafe(12), "accounts": []}


def mark_of(name):
    """Stands for an account's name in the cookie, so that a found phone does not tell whose it is."""
    return hashlib.sha256(salted_hmac(DEVICE_SALT, name.casefold(), algorithm="sha256").digest()).hexdigest()[:16]
