"""Who reads the newsletter, what is sent to them, and how far each mail has come.

A subscriber is six columns, and no word of them can be read without keys that are kept elsewhere. What they
asked for stands in `Audience`, shared by all who asked for the same.
Not here: what is done with a subscription (`subscribers/`), with an edition (`composition/`, `delivery/`).
"""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter.composition.edition_workflow import PAUSED, EditionWorkflow
from newsletter.subscribers import addresses
from publishing.fields import RandomKeyField
from publishing.text.languages import get_native_name

CONFIRMATION_PERIOD = dt.timedelta(hours=48)


class Audience(models.Model):
    """Everybody who asked for the same: one language, one rhythm, one part of the site.

    `query` is a filter of the timeline as its canonical query string; empty means everything.
    """

    class Frequency(models.TextChoices):
        INSTANT = "instant", _("At once")
        DAILY = "daily", _("Daily digest")
        WEEKLY = "weekly", _("Weekly digest")
        PAUSED = PAUSED, _("Pause")

    language = models.CharField(_("language"), max_length=12)
    frequency = models.CharField(_("how often"), max_length=10, choices=Frequency)
    query = models.CharField(_("what about"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        constraints = [models.UniqueConstraint(fields=["language", "frequency", "query"], name="unique_audience")]

    def __str__(self):
        return f"{self.language} {self.frequency} {self.query}".rstrip()


class SignUpQuerySet(models.QuerySet):
    def due(self):
        return self.filter(due_at__lte=timezone.now()).order_by("due_at")

    def confirmable(self):
        """Those that may still be confirmed."""
        return self.filter(asked_at__gt=timezone.now() - CONFIRMATION_PERIOD)

    def expired(self):
        return self.filter(asked_at__lte=timezone.now() - CONFIRMATION_PERIOD)


class SignUp(models.Model):
    """Somebody gave an address; whether it is theirs is not known yet. Vanishes after two days.

    `due_at` is when the confirmation mail is to be tried, empty once it went out. A confirmed sign-up keeps
    no address; it stays until it is too old so that a second click on its link can be told what happened.
    """

    id = RandomKeyField(primary_key=True, editable=False)
    sealed = models.BinaryField()
    # Empty until the mail is prepared: a request looks nobody up, so its time tells nothing.
    fingerprint = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - many may be unknown
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, db_index=True)
    due_at = models.DateTimeField(default=timezone.now, null=True, db_index=True)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-up awaiting confirmation")
        verbose_name_plural = _("sign-ups awaiting confirmation")

    def __str__(self):
        return str(self.pk)

    @property
    def is_confirmed(self):
        return not self.sealed

    @property
    def address(self):
        return addresses.unseal_address(self.sealed, row=self.pk)


class SubscriberQuerySet(models.QuerySet):
    def at_address(self, address):
        """The one who is subscribed with this address, whichever of our keys the row was written with."""
        return self.filter(fingerprint__in=addresses.compute_fingerprints(address))


class Subscriber(models.Model):
    """Somebody who confirmed. Keeps the row number of the sign-up, so that the sealed address stays valid."""

    id = RandomKeyField(primary_key=True, editable=False)
    sealed = models.BinaryField()
    fingerprint = models.CharField(max_length=64, unique=True)
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="subscribers")
    confirmed_on = models.DateField(_("confirmed on"))
    consent = models.CharField(_("consent text"), max_length=10)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        permissions = [("export_subscriber", "Can export addresses")]
        # Batches of one audience are read in the order of rows.
        indexes = [models.Index(fields=["audience", "id"], name="subscriber_batches")]

    def __str__(self):
        return str(self.pk)

    @property
    def address(self):
        return addresses.unseal_address(self.sealed, row=self.pk)

    @property
    def code(self):
        """What staff tell rows by; not the number that links are made from."""
        return self.fingerprint[:8]


class Erasure(models.Model):
    """That a row was erased, so that bringing back an older copy of the database erases it again."""

    id = models.BigIntegerField(primary_key=True)
    erased_on = models.DateField(default=timezone.localdate)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")

    def __str__(self):
        return str(self.pk)


# --- Editions ---------------------------------------------------------------------------------


class DigestRun(models.Model):
    """That the digests of one rhythm were composed at one of its times, and which entries they covered.

    `numbers` are those of entries; the next round leaves them out, whoever got them.
    """

    frequency = models.CharField(max_length=10, choices=Audience.Frequency)
    slot = models.DateTimeField()
    until = models.DateTimeField()
    numbers = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["frequency", "slot"], name="one_digest_run_a_time")]

    def __str__(self):
        return f"{self.frequency} {self.slot:%Y-%m-%d %H:%M}"


class EditionQuerySet(models.QuerySet):
    def going_out(self):
        """Those whose mails may be sent at this moment, the oldest first."""
        return self.filter(state=Edition.State.SENDING, send_from__lte=timezone.now()).order_by("send_from", "pk")

    def in_archive(self):
        """What anybody may read: not the digests of wishes that few people have."""
        return self.filter(
            state__in=[Edition.State.SENDING, Edition.State.STOPPED, Edition.State.SENT], is_archived=True
        )

    def archived(self, language):
        """What the archive lists for readers of one language."""
        return self.in_archive().filter(language__in=[language, ""])


class Edition(EditionWorkflow, models.Model):
    """One issue: the digest of one audience, or a letter that staff composed for readers of every language.

    Keeps which entries it carries, not their words: these are read again when mail is made of it, so what is
    withdrawn is in no later mail and not in the archive.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("Waiting for a second person")
        COMPOSING = "composing", _("Preparing recipients")
        SENDING = "sending", _("Sending")
        STOPPED = "stopped", _("Stopped")
        SENT = "sent", _("Sent")

    digest_run = models.ForeignKey(
        DigestRun, on_delete=models.PROTECT, null=True, editable=False, related_name="editions"
    )
    # Of a digest: whose it is. A letter has neither language nor rhythm and goes to all who asked for the situation.
    language = models.CharField(_("language"), max_length=12, blank=True, editable=False)
    frequency = models.CharField(_("how often"), max_length=10, blank=True, editable=False)
    query = models.CharField(
        _("what about"), max_length=500, blank=True, help_text=_("“situation=belarus”; empty: every subscriber.")
    )
    numbers = models.JSONField(_("entries"), default=list, blank=True)
    words = models.JSONField(
        _("subject and opening"),
        default=dict,
        blank=True,
        help_text=_("One for each language; missing ones are filled in automatically."),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    send_from = models.DateTimeField(_("send from"), default=timezone.now)
    is_archived = models.BooleanField(_("in the archive"), default=True)
    authors = models.JSONField(_("written by"), default=list, editable=False)
    approved_by = models.CharField(_("approved by"), max_length=150, blank=True, editable=False)
    approved_digest = models.CharField(max_length=64, blank=True, editable=False)
    sent = models.PositiveIntegerField(_("sent"), default=0, editable=False)
    refused = models.PositiveIntegerField(_("refused"), default=0, editable=False)
    complaints = models.PositiveIntegerField(_("marked as spam"), default=0, editable=False)
    trouble = models.CharField(_("problem"), max_length=300, blank=True, editable=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        permissions = [("send_edition", "Can send editions")]
        constraints = [
            models.UniqueConstraint(
                fields=["digest_run", "language", "frequency", "query"], name="one_edition_an_audience"
            )
        ]
        indexes = [models.Index(fields=["state", "send_from"], name="edition_going_out")]

    def __str__(self):
        subjects = [one.get("subject", "") for one in self.words.values()]
        told = next(filter(None, subjects), "")
        if self.is_digest:
            told = f"{get_native_name(self.language)}, {Audience.Frequency(self.frequency).label}"
        return f"{self.pk}: {told}" if told else str(self.pk)


class DeliveryQuerySet(models.QuerySet):
    def due(self, edition):
        """What may be tried now, longest waiting first; read from an index that holds nothing else."""
        waiting = self.filter(edition=edition, state=Delivery.State.DUE, due_at__lte=timezone.now())
        return waiting.order_by("due_at", "pk")

    def count_unfinished(self):
        """How many are neither sent nor given up nor in doubt; each state has an index of its own."""
        return sum(self.filter(state=state).count() for state in (Delivery.State.DUE, Delivery.State.CLAIMED))

    def in_doubt(self):
        return self.filter(state=Delivery.State.DOUBT)


class Delivery(models.Model):
    """One edition for one subscriber: exists once, is claimed before its mail is touched, says what became of it.

    A delivery in doubt was being handed over when its sender died or its server fell silent: only a person
    decides whether it is sent again.
    """

    class State(models.TextChoices):
        DUE = "due", _("Due")
        CLAIMED = "claimed", _("Being sent")
        SENT = "sent", _("Sent")
        REFUSED = "refused", _("Refused")
        DOUBT = "doubt", _("In doubt")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DUE)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    claim = models.CharField(max_length=16, blank=True)
    claimed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(_("attempts"), default=0)
    code = models.CharField(
        _("answer"), max_length=12, blank=True, help_text=_("The last step reached and the server's code.")
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["edition", "subscriber"], name="one_delivery_a_subscriber")]
        indexes = [
            models.Index(fields=["edition", "due_at", "id"], condition=models.Q(state="due"), name="delivery_due"),
            models.Index(fields=["claim"], condition=models.Q(state="claimed"), name="delivery_claimed"),
            models.Index(fields=["edition"], condition=models.Q(state="doubt"), name="delivery_in_doubt"),
        ]

    def __str__(self):
        return str(self.pk)


class RateLimitSlot(models.Model):
    """From when the next mail may leave, to anybody or to one domain. Written by `delivery/rate_limit.py`."""

    name = models.CharField(max_length=64, primary_key=True)
    free_at = models.DateTimeField()

    def __str__(self):
        return self.name


class Wording(models.Model):
    """How mail in one language names itself, where that has to differ from the organisation's own name.

    A reader's provider, and whoever looks over a shoulder, sees sender and subject: they can be made to say
    nothing. What is empty keeps its usual words.
    """

    language = models.CharField(_("language"), max_length=12, unique=True, choices=settings.LANGUAGES)
    sender = models.CharField(_("sender"), max_length=80, blank=True, help_text=_("For example “News desk”."))
    subject = models.CharField(
        _("subject of editions"), max_length=120, blank=True, help_text=_("For example “Your weekly letter”.")
    )
    confirm_subject = models.CharField(
        _("subject of the confirmation"), max_length=120, blank=True, help_text=_("For example “One more step”.")
    )
    confirm_text = models.TextField(
        _("text of the confirmation"),
        blank=True,
        help_text=_("Replaces the sentence that says what was asked for."),
    )

    class Meta:
        verbose_name = _("neutral wording")
        verbose_name_plural = _("neutral wordings")

    def __str__(self):
        return self.language

    def clean(self):
        """A line break in a header would begin another one."""
        for name in ("sender", "subject", "confirm_subject"):
            setattr(self, name, " ".join(getattr(self, name).split()))


def get_language_codes():
    return [code for code, _label in settings.LANGUAGES]
