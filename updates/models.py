"""The organisation's own output, and other news: everything on the timeline but testimonies."""

from dataclasses import fields, replace

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from publishing.document import AttachedFile
from publishing.fields import LanguageCodeField, LinesField, PlainField, RichField, WebAddressField
from publishing.kinds import UPDATE_KINDS
from publishing.publication import PictureMixin
from publishing.released import Released, keep_names
from publishing.text.translated_values import get_translations
from publishing.workflow.transitions import get_transition_permissions
from situations.models import Partner
from situations.timeline_item import TimelineItem


class Update(PictureMixin, TimelineItem):
    """One statement, briefing, report, letter or other piece, or the news of another publisher."""

    TYPE = "update"

    kind = models.CharField(
        _("kind"),
        max_length=20,
        choices=[(value, kind.label) for value, kind in UPDATE_KINDS.items()],
        default="statement",
    )
    title = PlainField(_("title"), max_length=400)
    subtitle = PlainField(
        _("subtitle"), max_length=400, blank=True, help_text=_("“Three questions to a human rights expert”.")
    )
    summary = LinesField(
        _("summary"), blank=True, help_text=_("One or two sentences for the timeline, feeds and the newsletter.")
    )
    body = RichField(_("text"), blank=True)
    original_language = LanguageCodeField(
        _("original language"),
        max_length=12,
        blank=True,
        help_text=_("Only for what was published in a language that the site does not have. Its code: “de”, “fa”."),
    )
    original_title = PlainField(_("original title"), max_length=400, blank=True)
    original_summary = LinesField(_("original summary"), blank=True)
    original_body = RichField(_("original text"), blank=True)
    translator = PlainField(
        _("translated by"), max_length=160, blank=True, help_text=_("Leave empty for the language it was written in.")
    )
    publisher = models.ForeignKey(
        Partner,
        verbose_name=_("published by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="published",
        help_text=_("Only for what others published: it is then listed under “Other news”."),
    )
    co_publishers = models.ManyToManyField(
        Partner,
        verbose_name=_("published jointly with"),
        blank=True,
        related_name="signed",
        help_text=_("For joint kinds."),
    )
    url = WebAddressField(
        _("outside address"),
        max_length=500,
        blank=True,
        help_text=_("The address at its publisher. Readers are told that it opens another site."),
    )
    released = Released(
        texts=keep_names("title", "subtitle", "summary", "body")
        | {"credit": "translator"}
        | keep_names("content_note"),
        original={part: f"original_{part}" for part in ("language", "title", "summary", "body")},
        columns=keep_names("kind", "date", "url") | {"precision": "date_precision"},
        credits={"publisher": "publisher", "signatory": "co_publishers"},
        facts=("tell_now",),
        picture=True,
        tags=True,
        attachments=True,
        not_in_sheets=("translator",),
        not_restored=("tell_now",),
    )

    class Meta(TimelineItem.Meta):
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        constraints = [
            *TimelineItem.Meta.constraints,
            models.CheckConstraint(condition=models.Q(kind__in=list(UPDATE_KINDS)), name="update_kind_is_known"),
        ]
        permissions = get_transition_permissions("update", "updates")

    def __str__(self):
        return self.title or self.original_title or self.slug

    def name_for_slug(self):
        return get_translations(self, "title").get("en") or super().name_for_slug() or self.original_title

    def clean(self):
        super().clean()
        if self.original_language.partition("-")[0] in dict(settings.LANGUAGES):
            raise ValidationError({"original_language": _("The site has this language: write the words in its tab.")})
        if self.original_language and not self.original_title:
            raise ValidationError({"original_title": _("Write the title in the original language, too.")})
        if not self.original_language and (self.original_title or self.original_summary or self.original_body):
            raise ValidationError({"original_language": _("Write the code of the language of the original.")})

    def blockers(self):
        has_title = get_translations(self, "title") or self.original_title
        reasons = [] if has_title else [_("It has no title.")]
        return reasons + super().blockers() + self.picture_blockers()

    def document(self):
        return replace(super().document(), section="news" if self.publisher_id else "updates")


class Attachment(models.Model):
    """A PDF of an update in one language, kept as `files.store_pdf` took it in."""

    update = models.ForeignKey(Update, on_delete=models.CASCADE, related_name="attachments")
    title = PlainField(_("title"), max_length=200, help_text=_("“Download the statement”."))
    language = models.CharField(_("language"), max_length=12, help_text=_("Of the document: “fr”."))
    name = models.CharField(max_length=100, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    pages = models.PositiveIntegerField(_("pages"), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["pk"]

    def __str__(self):
        return self.title

    def as_file(self):
        return AttachedFile(**{part.name: getattr(self, part.name) for part in fields(AttachedFile)})
