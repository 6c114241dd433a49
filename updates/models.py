"""The organisation's own output, and other news: everything on the timeline but testimonies."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from publishing.dates import DateMixin
from publishing.document import AttachedFile, Document
from publishing.fields import LinesField, PlainField, RichField, WebAddressField
from publishing.kinds import UPDATE_KINDS
from publishing.pictures import PictureMixin
from publishing.publication import Publication, get_transition_permissions
from publishing.translated_values import build_texts, get_translations
from situations.models import Partner, Situation, TaggedItem


class Update(PictureMixin, DateMixin, Publication):
    """One statement, briefing, report, letter or other piece, or the news of another publisher."""

    TYPE = "update"
    PREFETCH_RELATED = ("situation", "publisher", "co_publishers", "tags", "attachments")

    situation = models.ForeignKey(
        Situation, verbose_name=_("situation"), on_delete=models.PROTECT, related_name="updates"
    )
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
    translator = PlainField(
        _("translated by"), max_length=160, blank=True, help_text=_("Empty for the language it was written in.")
    )
    content_note = PlainField(
        _("content note"), max_length=160, blank=True, help_text=_("A short noun, shown before the text: “beatings”.")
    )
    publisher = models.ForeignKey(
        Partner,
        verbose_name=_("published by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="published",
        help_text=_("Only for what others published: it then stands under “Other news”."),
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
        help_text=_("Where it stands with its publisher. Readers are told that it opens another site."),
    )
    tell_now = models.BooleanField(
        _("tell subscribers now"),
        default=False,
        help_text=_("Those who asked for instant news get a mail when it is published."),
    )
    tags = TaggableManager(_("tags"), through=TaggedItem, blank=True, help_text=_("Separated by commas."))

    class Meta:
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        ordering = ["-date", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["situation", "slug"], name="one_update_a_slug"),
            models.CheckConstraint(condition=models.Q(kind__in=list(UPDATE_KINDS)), name="update_kind_is_known"),
        ]
        indexes = [
            models.Index(fields=["-date", "-id"], name="update_newest_first"),
            models.Index(fields=["-modified", "-id"], name="update_last_changed"),
            models.Index(fields=["status", "modified", "uid"], name="update_by_status_and_save"),
        ]
        permissions = get_transition_permissions("update", "updates")

    def __str__(self):
        return self.title or self.slug

    def neighbours(self):
        return Update.objects.filter(situation=self.situation_id)

    def blockers(self):
        reasons = [] if get_translations(self, "title") else [_("It has no title.")]
        return reasons + self.situation.blockers_below() + self.picture_blockers()

    def document(self):
        return Document(
            type=self.TYPE,
            uid=str(self.uid),
            slug=self.slug,
            situation=self.situation.slug,
            section="news" if self.publisher_id else "updates",
            kind=self.kind,
            date=self.date.isoformat(),
            precision=self.date_precision,
            language=self.language,
            texts=self.texts(),
            url=self.url,
            credits=self.credits(),
            tags=[tag.as_label() for tag in sorted(self.tags.all(), key=lambda tag: tag.slug)],
            pictures=self.pictures(),
            attachments=[attachment.as_file() for attachment in self.attachments.all()],
            facts={"tell_now": self.tell_now},
        )

    def texts(self):
        return build_texts(
            self,
            title="title",
            subtitle="subtitle",
            summary="summary",
            body="body",
            content_note="content_note",
            credit="translator",
        )

    def credits(self):
        publisher = [self.publisher.as_credit(role="publisher")] if self.publisher else []
        partners = sorted(self.co_publishers.all(), key=lambda partner: partner.slug)
        return publisher + [partner.as_credit(role="signatory") for partner in partners]


class Attachment(models.Model):
    """A PDF of an update in one language, kept as `files.admit_pdf` took it in."""

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
        return AttachedFile(
            name=self.name,
            title=self.title,
            language=self.language,
            size=self.size,
            pages=self.pages,
            sha256=self.sha256,
        )
