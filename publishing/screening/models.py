"""What is remembered of words that should not go out: which were looked at, and the names never to be published.

Every word is kept as a keyed hash alone. Not here: how words are found (`patterns.py`, `names.py`).
"""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publishing.fields import PlainField


class Acknowledgement(models.Model):
    """That somebody looked at words which `patterns.py` found in an item, and left them there: a keyed hash of them."""

    uid = models.UUIDField()
    words = models.CharField(max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = []
        constraints = [models.UniqueConstraint(fields=["uid", "words"], name="acknowledged_once")]

    def __str__(self):
        return f"{self.uid} {self.words}"


class ListedName(models.Model):
    """A name that is never to be published. The name itself is not kept: only `keys`, by which it is found again."""

    at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    by = models.CharField(_("by"), max_length=150, editable=False)
    note = PlainField(
        _("note"),
        max_length=120,
        blank=True,
        help_text=_("To tell entries apart, without the name: “witness in case V-117”."),
    )
    key_id = models.CharField(max_length=8, editable=False)  # which of the keys outside the database made it

    class Meta:
        verbose_name = _("name never to be published")
        verbose_name_plural = _("names never to be published")
        default_permissions = ("add", "view", "delete")

    def __str__(self):
        return _("Entry %(number)s") % {"number": self.pk}


class NameKey(models.Model):
    """A keyed hash of one way in which a listed name may be written; `domain` says how words were read for it.

    `hint`, 32 bits made with the same key, only spares hashing every run of words of a text.
    """

    name = models.ForeignKey(ListedName, on_delete=models.CASCADE, related_name="keys")
    domain = models.CharField(max_length=12)
    words = models.PositiveSmallIntegerField()
    value = models.CharField(max_length=32)
    hint = models.BigIntegerField()

    class Meta:
        default_permissions = []

    def __str__(self):
        return self.value
