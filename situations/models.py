"""What a page is about and who speaks on it: the organisation, situations, partners, alerts and tags.

`Organisation`, `Situation`, `Alert` and `Page` (`fixed_pages.py`) are publications. A partner is not: its name travels
inside each document that credits it, so that readers never see a partner of something they cannot read.
"""

import re
from dataclasses import replace

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.models import GenericTaggedItemBase, TagBase

from publishing.addresses import SLUG_LENGTH, build_slug
from publishing.document import Credit, Label
from publishing.fields import LanguageCodeField, LinesField, PlainField, RichField, WebAddressField
from publishing.models import Entry
from publishing.publication import PictureMixin, Publication
from publishing.released import Released, get_document_words, keep_names
from publishing.text.cleaning import web_address
from publishing.text.translated_values import get_translations
from publishing.workflow.transitions import get_transition_permissions

from .alert_notifications import notify_alert_published
from .contrast import validate_contrast
from .fixed_pages import Page  # noqa: F401 (Django finds models by way of this module)
from .spreadsheets.former_keys import ErasedKey  # noqa: F401

# Field -> the scheme on whose grounds it is printed.
LINK_COLOURS = {"link": "light", "link_seen": "light", "link_dark": "dark", "link_seen_dark": "dark"}


class Organisation(Publication):
    """Who answers for the page: one row, a publication like the others."""

    TYPE = "organisation"

    name = PlainField(_("name"), max_length=120)
    sentence = LinesField(
        _("one sentence"),
        blank=True,
        help_text=_("Shown large on the front page: “Torture leaves a record. We keep it.”"),
    )
    introduction = LinesField(_("introduction"), blank=True, help_text=_("Two or three sentences below it."))
    mark = models.JSONField(_("square logo"), null=True, blank=True, editable=False)
    link = models.CharField(_("colour of links"), max_length=7, default="#2f2b92", help_text=_("On white: “#2f2b92”."))
    link_seen = models.CharField(_("colour of visited links"), max_length=7, default="#6b2a74")
    link_dark = models.CharField(
        _("colour of links in the dark"), max_length=7, default="#b3b5ff", help_text=_("On nearly black: “#b3b5ff”.")
    )
    link_seen_dark = models.CharField(_("colour of visited links in the dark"), max_length=7, default="#dcb2ea")
    contact = models.EmailField(_("contact"), blank=True, help_text=_("For the press and for corrections."))
    postal_address = LinesField(
        _("postal address"), blank=True, help_text=_("Printed in every newsletter, as required by law.")
    )
    language_readers = PlainField(
        _("language checked by"),
        max_length=300,
        blank=True,
        help_text=_("Who read the site’s texts in this language, as they want to be named on the page “Who we are”."),
    )
    mirrors = LinesField(
        _("copies that you know of"),
        blank=True,
        help_text=_("Other sites that copy yours, one address per line. Shown only to staff, after a withdrawal."),
    )

    released = Released(
        texts={"title": "name", "subtitle": "sentence", "summary": "introduction"} | keep_names("language_readers"),
        facts=("mark", "colours", "contact", "postal_address"),
        labels={"colours": _("colours of links")},
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisation")
        permissions = get_transition_permissions("organisation", "the organisation")

    def __str__(self):
        return self.name or "-"

    def name_for_slug(self):
        return "organisation"

    def is_address_of_another(self, slug):
        return False

    def clean(self):
        super().clean()
        if type(self).objects.exclude(pk=self.pk).exists():
            raise ValidationError(_("There is one organisation already. Change that one."))
        validate_contrast(self, LINK_COLOURS)

    def blockers(self):
        return [] if get_translations(self, "name") else [_("The organisation has no name.")]

    @property
    def colours(self):
        return [getattr(self, name) for name in LINK_COLOURS]

    @colours.setter
    def colours(self, values):
        for name, value in zip(LINK_COLOURS, values, strict=True):
            setattr(self, name, value)


class Situation(PictureMixin, Publication):
    """A crisis, or a theme: the page on which its updates and testimonies stand."""

    TYPE = "situation"

    title = PlainField(_("title"), max_length=200, help_text=_("“All Eyes on Belarus”."))
    short_title = PlainField(
        _("short title"), max_length=60, blank=True, help_text=_("For paths and lists: “Belarus”.")
    )
    introduction = LinesField(
        _("introduction"), blank=True, help_text=_("40 to 60 words: what happened, who records it.")
    )
    support = RichField(
        _("support and next steps"),
        blank=True,
        help_text=_("Shown below every testimony: where readers and survivors find help."),
    )
    region = PlainField(_("region"), max_length=80, blank=True)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    archived = models.BooleanField(
        _("archived"), default=False, help_text=_("No longer updated; stays readable in full at the same address.")
    )
    order = models.PositiveSmallIntegerField(
        _("position on the front page"), default=100, help_text=_("Lower numbers come first.")
    )

    released = Released(
        texts=keep_names("title", "short_title")
        | {"summary": "introduction", "body": "support"}
        | keep_names("region"),
        facts=("since", "until", "archived", "order"),
        picture=True,
    )

    class Meta:
        verbose_name = _("situation")
        verbose_name_plural = _("situations")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["slug"], name="one_situation_a_slug")]
        permissions = get_transition_permissions("situation", "situations")

    def __str__(self):
        return self.short_title or self.title or self.slug

    def get_absolute_url(self):
        return f"/{settings.LANGUAGE_CODE}/{self.slug}/"

    def clean(self):
        super().clean()
        if self.since and self.until and self.until < self.since:
            raise ValidationError({"until": _("The end is before the start.")})
        before = type(self).objects.filter(pk=self.pk).values_list("slug", flat=True).first()
        if before and before != self.slug and self.is_public_address:
            raise ValidationError(
                {"slug": _("The address of a published situation stays: readers and partners link to it.")}
            )
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": _("This address is used by the site itself.")})

    def blockers(self):
        return [*([] if get_translations(self, "title") else [_("It has no title.")]), *self.picture_blockers()]

    def blockers_below(self):
        """What keeps every item of this situation from the public: that it is not public itself."""
        return (
            []
            if Entry.objects.filter(uid=self.uid).exists()
            else [_("Its situation is not published yet. Publish “%s” first.") % self]
        )

    def document(self):
        """It stands in lists at its beginning, and where it has no short title, the document has the title instead."""
        short = get_translations(self, "short_title") or get_translations(self, "title")
        return replace(
            replace_fact_words(super().document(), short_title=short, region=get_translations(self, "region")),
            date=(self.since or self.created.date()).isoformat(),
        )

    def without_fallbacks(self, document):
        titles = {code: title for code, title in get_document_words(document, "title").items() if title}
        has_own = get_document_words(document, "short_title") != titles
        return document if has_own else replace_fact_words(document, short_title={})


def replace_fact_words(document, **words):
    facts = {"words": {}} | document.facts
    return replace(document, facts=facts | {"words": facts["words"] | words})


# What already stands below /LL/, so that no situation can hide it.
RESERVED_SLUGS = {"search", "newsletter", "safety", "privacy", "about", "admin", "media", "static", "api", "e"}


class Partner(models.Model):
    """An organisation we publish with. Never a person: people in danger are not records here."""

    name = PlainField(_("name"), max_length=160)
    slug = models.SlugField(_("short name in addresses"), max_length=SLUG_LENGTH, unique=True, blank=True)
    description = PlainField(
        _("in a few words"), max_length=200, blank=True, help_text=_("Follows the name: “Belarusian human rights NGO”.")
    )
    url = WebAddressField(_("web address"), max_length=300, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Two letters: “BY”."))
    language = LanguageCodeField(_("language"), max_length=12, blank=True, help_text=_("Its own: “be”."))

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["slug"]

    def __str__(self):
        return self.name or self.slug

    def clean(self):
        super().clean()
        others = Partner.objects.exclude(pk=self.pk)
        self.slug = self.slug or build_slug(self.name, taken=lambda slug: others.filter(slug=slug).exists())

    def as_credit(self, *, role):
        return Credit(
            slug=self.slug,
            role=role,
            names=get_translations(self, "name"),
            descriptions=get_translations(self, "description"),
            url=self.url,
            country=self.country,
            language=self.language,
        )


class Alert(Publication):
    """One sentence above every page of a situation or of the whole site, with a mandatory end."""

    TYPE = "alert"

    sentence = PlainField(_("sentence"), max_length=200, help_text=_("One sentence, without exclamation mark."))
    url = models.CharField(
        _("leads to"), max_length=300, blank=True, help_text=_("A path of this site or a web address.")
    )
    situation = models.ForeignKey(
        Situation,
        verbose_name=_("situation"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("Empty: shown on the whole site."),
    )
    starts = models.DateTimeField(_("from"), default=timezone.now)
    ends = models.DateTimeField(_("until"), help_text=_("It disappears automatically at this time (UTC)."))

    released = Released(
        texts={"title": "sentence"},
        columns=keep_names("url"),
        facts=("ends",),
        stays=(_("The start of the alert stays as it is now."),),
    )

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("starts")), name="alert_ends_after_start")
        ]
        permissions = get_transition_permissions("alert", "alerts")

    def __str__(self):
        return self.sentence or "-"

    def name_for_slug(self):
        return get_translations(self, "sentence").get(self.language) or self.sentence

    def clean(self):
        super().clean()
        if self.starts and self.ends and self.ends <= self.starts:
            raise ValidationError({"ends": _("The end is before the start.")})
        if self.url and not re.match(r"/(?!/)", self.url):
            web_address(self.url)

    def starts_by_itself(self):
        return self.starts if self.starts > timezone.now() else None

    def before_release(self, *, at):
        """Whoever is on duty puts it up at once, whatever its start says."""
        if at is None and self.starts_by_itself():
            self.starts = timezone.now()
            self.save()

    def after_release(self, *, by, at):
        notify_alert_published(self, by=by, at=at)

    def blockers(self):
        reasons = [] if get_translations(self, "sentence") else [_("The alert has no sentence.")]
        reasons += self.situation.blockers_below() if self.situation else []
        if self.ends <= timezone.now():
            reasons.append(_("The end date has already passed."))
        return reasons

    def document(self):
        return replace(super().document(), date=self.starts.date().isoformat(), until=self.ends.isoformat())


class Tag(TagBase):
    """A theme, with a name in each language; unlike stock tags its name is translated."""

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["slug"]

    def slugify(self, tag, i=None):
        slug = build_slug(tag)
        return f"{slug}-{i}" if i else slug

    def as_label(self):
        return Label(slug=self.slug, names=get_translations(self, "name"))


class TaggedItem(GenericTaggedItemBase):
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="items", verbose_name=_("tag"))

    class Meta:
        verbose_name = _("tagged item")
        verbose_name_plural = _("tagged items")
