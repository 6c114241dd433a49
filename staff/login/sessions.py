"""Keeps the sessions of the desk: how long they last, and how they end (SESSION_ENGINE).

A session ends after an hour without use and after twelve hours in any case. It lives in the
database, so that ending it takes effect with the next request, on every server.
Not here: who may open one (`adapter.py`).
"""

import datetime as dt
import hashlib

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from staff.lockdown import hold_desk, is_locked
from staff.models import Session

IDLE_TIMEOUT = dt.timedelta(minutes=60)
ABSOLUTE_TIMEOUT = dt.timedelta(hours=12)


def hash_session_key(key):
    return hashlib.sha256((key or "").encode()).hexdigest()


def get_current_minute():
    return timezone.now().replace(second=0, microsecond=0)


class SessionStore(SessionBase):
    created = None  # when it began, as the database says
    seen = None
    device = ""

    def begin(self, *, device):
        """To be called at each login, so that the twelve hours count from it."""
        self.created, self.device = timezone.now(), device

    def load(self):
        row = Session.objects.open().filter(pk=hash_session_key(self.session_key)).first()
        if row is None:
            self._session_key = None
            return {}
        self.created, self.seen, self.device = row.created, row.seen, row.device
        return self.decode(row.session_data)

    def exists(self, session_key):
        return Session.objects.filter(pk=hash_session_key(session_key)).exists()

    def create(self):
        self.created = self.created or timezone.now()
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create=False):  # noqa: FBT002 - Django's own signature
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)
        kept = {
            "session_data": self.encode(data),
            "expire_date": self.get_expiry_date(),
            "account_id": data.get(SESSION_KEY),
        }
        if must_create:
            return self.insert(kept)
        # Only what was kept, so that a session that was ended meanwhile stays ended, and a new name stays given.
        if not Session.objects.filter(pk=hash_session_key(self.session_key)).update(**kept):
            raise UpdateError

    @transaction.atomic
    def insert(self, kept):
        """Nothing begins while the desk is closed, not even what was on its way when it was being closed."""
        hold_desk()
        if is_locked():
            return
        try:
            with transaction.atomic():
                Session.objects.create(
                    pk=hash_session_key(self.session_key),
                    created=self.created,
                    seen=get_current_minute(),
                    device=self.device,
                    **kept,
                )
        except IntegrityError as error:
            raise CreateError from error

    def delete(self, session_key=None):
        Session.objects.filter(pk=hash_session_key(session_key or self.session_key)).delete()

    def get_expiry_date(self, **kwargs):
        now = timezone.now()
        return min(now + IDLE_TIMEOUT, (self.created or now) + ABSOLUTE_TIMEOUT)

    def touch(self):
        """Note that the session was used, to the minute, and at most one write a minute."""
        if self.seen and self.seen < get_current_minute():
            Session.objects.filter(pk=hash_session_key(self.session_key)).update(
                seen=get_current_minute(), expire_date=self.get_expiry_date()
            )

    @classmethod
    def clear_expired(cls):
        Session.objects.filter(expire_date__lte=timezone.now()).delete()


def end_sessions(account, *, but=None):
    """End all sessions of an account, except the one of the request `but` if given."""
    kept = hash_session_key(but.session.session_key) if but else None
    Session.objects.filter(account=account).exclude(pk=kept).delete()


def describe_device(request):
    """What kind of device this is, in one word of the reader's language; the browser's own words are not kept."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    if "iPad" in agent or "Tablet" in agent:
        return gettext("Tablet")
    if "Mobile" in agent or "Android" in agent:
        return gettext("Phone")
    return gettext("Computer")
