"""What the desk itself keeps: nothing here is a publication, and nothing of it ever becomes public."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publishing.fields import LinesField, PlainField


class Guideline(models.Model):
    """What an administrator wants to be read beside one field of a form."""

    place = models.CharField(  # "updates.update.title"
        _("field"),
        max_length=120,
        unique=True,
        help_text=_("This text appears below the field for everyone who edits."),
    )
    words = LinesField(
        _("guideline"),
        max_length=600,
        help_text=_("“At most 70 characters. Say who did what, and where.” Staff who use the administration site in "
                    "another language see the guideline in that language, or this one if there is none."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("guideline")
        verbose_name_plural = _("guidelines")

    def __str__(self):
        return self.place


class ReviewLink(models.Model):
    """That somebody without an account may read one working copy for a few hours. The address itself is not kept."""

    digest = models.CharField(max_length=64, unique=True, editable=False)  # of the last part of the address
    type = models.CharField(max_length=20, editable=False)
    uid = models.UUIDField(db_index=True, editable=False)
    languages = models.JSONField(_("languages"), default=list)
    for_whom = PlainField(_("for whom"), max_length=80)
    made_at = models.DateTimeField(_("created"), default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    ends_at = models.DateTimeField(_("until"))
    opened_at = models.DateTimeField(_("first opened"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("link for a reviewer")
        verbose_name_plural = _("links for reviewers")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.pk}: {self.for_whom}"


class ReviewAnswer(models.Model):
    """What a reviewer without an account said of exactly one wording. Advice: it approves nothing."""

    class Verdict(models.TextChoices):
        FINE = "fine", _("It can be published like this")
        COMMENT = "comment", _("Something should be changed first")

    link = models.ForeignKey(ReviewLink, on_delete=models.CASCADE, related_name="answers")
    at = models.DateTimeField(default=timezone.now)
    name = PlainField(_("name"), max_length=80)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    words = LinesField(_("comment"), blank=True)
    language = models.CharField(max_length=12)
    content = models.CharField(max_length=64)  # digest of the document that was read

    class Meta:
        verbose_name = _("answer of a reviewer")
        verbose_name_plural = _("answers of reviewers")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.pk}: {self.verdict}"


class Translation(models.Model):
    """From which words one translation was made, by digest, and whether somebody checked it against exactly those.

    `stale` only lets lists find it: whether it holds is decided by comparing digests (`publishing.translations`).
    """

    uid = models.UUIDField()
    language = models.CharField(max_length=12)
    source = models.CharField(max_length=64)
    words = models.CharField(max_length=64)
    checked = models.BooleanField(default=False)
    stale = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    # Who wrote these words, and who checked them; the same person may have done both.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        default_permissions = []
        constraints = [models.UniqueConstraint(fields=["uid", "language"], name="one_translation_a_language")]
        indexes = [models.Index(fields=["language", "stale", "checked", "uid"], name="translation_by_state")]

    def __str__(self):
        return f"{self.uid} {self.language}"
