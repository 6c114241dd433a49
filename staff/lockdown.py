"""Closes the desk in an emergency and opens it again.

While it is closed nobody is logged in and nobody can log in; public pages stay up. Whatever sends
mail in the name of the organisation asks `is_locked()` first and waits.
"""

from django.db import transaction

from audit.chain import record
from audit.locks import hold_lock

from .models import Lockdown, Session


def is_locked():
    return Lockdown.objects.exists()


def hold_desk():
    """Whoever closes or opens the desk, or begins a session at it, waits for the other."""
    hold_lock("desk")


@transaction.atomic
def lock_down(*, by):
    """Returns whether the desk was open before. `by` is an account or the word for an operator."""
    hold_desk()
    _row, closed_now = Lockdown.objects.get_or_create(pk=1, defaults={"by": str(by)})
    Session.objects.all().delete()
    if closed_now:
        record("lockdown.began", actor=by)
    return closed_now


@transaction.atomic
def unlock(*, by):
    """Returns whether the desk was closed before. Everybody logs in anew, whatever began meanwhile."""
    hold_desk()
    Session.objects.all().delete()
    opened, _counts = Lockdown.objects.all().delete()
    if opened:
        record("lockdown.ended", actor=by)
    return bool(opened)
