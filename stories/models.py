"""Survivors' testimonies, in the words and language in which they were given, and the consent to publish them.

No field here asks for a real name, a contact or a document number, and none may be added: what is not
recorded cannot be seized.
"""

import datetime as dt
from dataclasses import replace

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publishing.document import CHANNELS
from publishing.fields import LanguageCodeField, LinesField, PlainField, RichField, WebAddressField
from publishing.released import Released, keep_names
from publishing.text.translated_values import get_translations
from publishing.workflow.narrowing import follow_consent
from publishing.workflow.transitions import get_transition_permissions
from publishing.workflow.withdrawals import find_withdrawal
from situations.models import Partner
from situations.timeline_item import TimelineItem
from staff.datetime_widgets import format_desk_date

REVIEW_WARNING_DAYS = 14  # days before a consent has to be asked again, from which on staff are told


class Naming(models.TextChoices):
    WITHHELD = "withheld", _("Name withheld")
    PSEUDONYM = "pseudonym", _("Under a pseudonym")


class SurvivorStory(TimelineItem):
    """A testimony: the partner's original stays as it is, the translations explain it."""

    TYPE = "story"

    partner = models.ForeignKey(
        Partner,
        verbose_name=_("partner"),
        on_delete=models.PROTECT,
        related_name="stories",
        help_text=_("Who collected the testimony and is responsible for it."),
    )
    original_language = LanguageCodeField(
        _("given in"),
        max_length=12,
        help_text=_("Code of the language: “be”, “uk”, “ckb”. It need not be a language of the site."),
    )
    original_title = PlainField(_("original title"), max_length=400)
    original_body = RichField(
        _("original text"), blank=True, help_text=_("Exactly as given. It is never translated in place.")
    )
    original_url = WebAddressField(_("original address"), max_length=500, blank=True)
    title = PlainField(_("title in translation"), max_length=400, blank=True)
    summary = LinesField(_("summary in translation"), blank=True)
    body = RichField(_("text in translation"), blank=True)
    translator = PlainField(_("translated by"), max_length=160, blank=True)
    naming = models.CharField(_("how the person is named"), max_length=10, choices=Naming, default=Naming.WITHHELD)
    pseudonym = PlainField(
        _("pseudonym"), max_length=60, blank=True, help_text=_("Never the real name, nor part of it.")
    )
    released = Released(
        texts=keep_names("title", "summary", "body") | {"credit": "translator"} | keep_names("content_note"),
        columns={"date": "date", "precision": "date_precision"},
        original={part: f"original_{part}" for part in ("language", "title", "body", "url")},
        credits={"source": "partner"},
        facts=("naming", "pseudonym"),
        optional_facts=("tell_now",),
        tags=True,
        not_in_sheets=("body", "translator"),
        not_restored=("tell_now",),
        stays=(_("The record of consent stays as it is now."),),
    )

    class Meta(TimelineItem.Meta):
        verbose_name = _("testimony")
        verbose_name_plural = _("testimonies")
        permissions = get_transition_permissions("survivorstory", "testimonies")

    def __str__(self):
        return self.original_title or self.slug

    def name_for_slug(self):
        return get_translations(self, "title").get("en") or self.original_title

    @property
    def given_consent(self):
        """The consent record, or None: a story without one never becomes public."""
        return getattr(self, "consent", None) if self.pk else None

    def blockers(self):
        reasons = super().blockers()
        if not get_translations(self, "content_note"):
            reasons.append(_("It has no content note. Write one, such as “beatings”, or “none”."))
        if self.naming == Naming.PSEUDONYM and not self.pseudonym:
            reasons.append(_("It is to appear under a pseudonym, but none is given."))
        if self.given_consent is None:
            return [*reasons, _("There is no record of consent from the person who gave the testimony.")]
        return reasons + self.given_consent.blockers() + self.withdrawal_blockers()

    def withdrawal_blockers(self):
        """What was taken back at somebody's wish comes back when somebody answers for it that they agree again."""
        withdrawal = self.find_unchecked_withdrawal()
        said = _("It was withdrawn on %s. Find out whether the person still agrees to publication, and tick so in the "
                 "record of consent.")  # fmt: skip
        return [said % format_desk_date(withdrawal.at)] if withdrawal else []

    def find_unchecked_withdrawal(self):
        """The withdrawal after which nobody has looked at the consent yet, or None."""
        withdrawal = find_withdrawal(self)
        return withdrawal if withdrawal and self.given_consent.withdrawal < withdrawal.pk else None

    def reminders(self):
        consent = self.given_consent
        if consent is None or consent.review is None or not consent.is_due:
            return []
        then = _("It is hidden automatically on that day.") if consent.hide_when_due else ""
        day = format_desk_date(consent.review)
        said = _("Consent was due to be asked again on %s.") if consent.is_over else _(
            "Consent has to be asked again by %s."
        )  # fmt: skip
        return [f"{said % day} {'' if consent.is_over else then}".strip()]

    def assurances(self):
        consent = self.given_consent
        if consent is None:
            return []
        facts = {"reference": consent.reference, "channels": ", ".join(consent.get_channel_labels())}
        return [_("Recorded as %(reference)s, for: %(channels)s.") % facts]

    def data_to_purge(self):
        return [*super().data_to_purge(), Consent.history.filter(story_id=self.pk)]

    def approval_extras(self):
        return self.given_consent.as_json() if self.given_consent else {}

    def document(self):
        consent, document = self.given_consent, super().document()
        return replace(
            document,
            section="stories",
            kind="testimony",
            until=consent.hides_at() if consent else "",
            channels=consent.channels() if consent else [],
            facts=document.facts | ({} if self.naming == Naming.PSEUDONYM else {"pseudonym": ""}),
        )


class ConsentQuerySet(models.QuerySet):
    def delete(self):
        """One by one: each takes its testimony from the public."""
        with transaction.atomic():
            return [consent.delete() for consent in self]

    def due(self, *, within=REVIEW_WARNING_DAYS):
        """Those of testimonies still in use that have to be asked again within so many days, or had to be already."""
        last = timezone.now().date() + dt.timedelta(days=within)
        return self.filter(review__lte=last).exclude(story__status=SurvivorStory.Status.WITHDRAWN)

    def over(self):
        """Those that should have been asked again before today."""
        return self.due(within=-1)


class Consent(models.Model):
    """That the teller knew what would be published where, and agreed: the record, not the proof.

    The signed form and the person's name stay with the partner, under `reference`.
    """

    story = models.OneToOneField(SurvivorStory, on_delete=models.CASCADE, related_name="consent")
    reference = PlainField(
        _("reference"), max_length=60, help_text=_("The partner's own code for its file, never a name: “V-2020-117”.")
    )
    date = models.DateField(_("given on"))
    explained_by = PlainField(
        _("explained by"), max_length=160, help_text=_("A role, not a name: “Documentation officer, Viasna”.")
    )
    language = LanguageCodeField(
        _("explained in"),
        max_length=12,
        help_text=_("Code of the language: “be”."),
    )
    site = models.BooleanField(_("on this site"), default=False)
    newsletter = models.BooleanField(_("in the newsletter"), default=False)
    feed = models.BooleanField(_("in feeds, files and the data interface"), default=False)
    card = models.BooleanField(_("in previews when it is shared"), default=False)
    mirror = models.BooleanField(_("in copies of the site"), default=False)
    naming = models.CharField(_("agreed to be named as"), max_length=10, choices=Naming, default=Naming.WITHHELD)
    review = models.DateField(_("to be asked again on"), null=True, blank=True)
    hide_when_due = models.BooleanField(
        _("hide it on that day"),
        default=False,
        help_text=_("It is hidden automatically unless consent is renewed before then."),
    )

    # The release with which the testimony was taken back before somebody looked at the consent again.
    withdrawal = models.BigIntegerField(default=0, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hide_when_due=False) | models.Q(review__isnull=False), name="hiding_needs_a_day"
            )
        ]

    def __str__(self):
        return self.reference

    @transaction.atomic
    def save(self, **kwargs):
        """What it no longer allows is taken from the public in the same breath; `taken_back` says how."""
        is_new = self._state.adding
        super().save(**kwargs)
        if not is_new:
            by = self.history.order_by("-history_id").first().history_user
            self.taken_back = follow_consent(self.story, channels=self.channels(), until=self.hides_at(), by=by)

    @transaction.atomic
    def delete(self, **kwargs):
        deleted = super().delete(**kwargs)
        follow_consent(self.story, channels=[])
        return deleted

    def blockers(self):
        reasons = []
        if not self.site:
            reasons.append(_("The person who gave the testimony did not agree to publication on this site."))
        if self.story.naming != self.naming:
            reasons.append(_("The person is not named as agreed in the consent."))
        if self.hide_when_due and self.review <= timezone.now().date():
            reasons.append(_("The consent has expired and has to be renewed first."))
        return reasons

    @property
    def is_due(self):
        return self.review is not None and self.review <= timezone.now().date() + dt.timedelta(days=REVIEW_WARNING_DAYS)

    @property
    def is_over(self):
        return self.review is not None and self.review < timezone.now().date()

    def channels(self):
        return [channel for channel in CHANNELS if getattr(self, channel)]

    def get_channel_labels(self):
        return [str(self._meta.get_field(channel).verbose_name) for channel in self.channels()]

    def hides_at(self):
        """The moment at which the story goes out by itself, ISO in UTC, or nothing."""
        return f"{self.review.isoformat()}T00:00:00+00:00" if self.hide_when_due else ""

    def as_json(self):
        """Every word of it, for the digest an approval is bound to."""
        names = [field.name for field in self._meta.concrete_fields if field.name not in {"id", "story"}]
        # Added later, and there only where it says something: what was approved before it was added stays approved.
        return {name: str(getattr(self, name)) for name in names if name != "withdrawal" or self.withdrawal}
