"""Who works at the desk: accounts, their open sessions, tries to get in, and whether the desk is closed.

Not here: what an account may do (`roles.py`), how somebody proves who they are (`login/adapter.py`,
`login/second_factor.py`).
"""

import datetime as dt

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .fields import DeskLanguageField, LanguageCodesField

PROBATION = dt.timedelta(days=1)  # in which others notice an account that should not be there


class Account(AbstractUser):
    """Somebody who works at the desk. Never deleted, because the audit log speaks of it: disabled instead."""

    language = DeskLanguageField(
        _("language of the administration site"),
        max_length=10,
        blank=True,
        help_text=_("Menus and messages are shown in it. Empty: the language the browser asks for."),
    )
    languages = LanguageCodesField(
        _("translates into"),
        default=list,
        blank=True,
        help_text=_("A translator sees and edits only these languages, for example French and Russian."),
    )

    # Whoever made it, or a link to its password: they may have been in it, so it is no second person to them.
    makers = models.ManyToManyField("self", symmetrical=False, related_name="+", editable=False)

    class Meta(AbstractUser.Meta):
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    @property
    def approves_from(self):
        """The moment from which on it counts as a second person."""
        return self.date_joined + PROBATION

    def get_makers(self):
        """The accounts that made this one, those that made these, and so on: a set of primary keys."""
        pairs, found, new = list(self.makers.through.objects.values_list()), set(), {self.pk}
        while new:
            new = {maker for _pk, made, maker in pairs if made in new} - found
            found |= new
        return found - {self.pk}


class SessionQuerySet(models.QuerySet):
    def open(self):
        return self.filter(expire_date__gt=timezone.now())


class Session(models.Model):
    """One browser at the desk. No address and no description of the browser is kept, on purpose."""

    # SHA-256 of the key in the cookie: who reads this table cannot enter with what it says.
    session_key = models.CharField(max_length=64, primary_key=True)
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True)
    created = models.DateTimeField(_("logged in"))
    seen = models.DateTimeField(_("last used"), help_text=_("To the minute."))
    device = models.CharField(
        _("device"), max_length=40, blank=True, help_text=_("A name that tells you which it is, for example “Office”.")
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self):
        return self.device or str(_("Unnamed device"))


class Attempt(models.Model):
    """One try that counts against a limit of `login/throttle.py`; gone after a day."""

    bucket = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["bucket", "at"], name="staff_attempt_bucket")]

    def __str__(self):
        return f"{self.bucket[:8]} {self.at:%H:%M:%S}"


class Lockdown(models.Model):
    """The desk is closed while this one row exists."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="staff_one_lockdown")]
        default_permissions = []
        permissions = [("lock_down", "Can close the desk")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.by}"
