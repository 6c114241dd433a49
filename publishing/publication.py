"""What a publication is: the working copy that staff edit, seen by nobody else.

Every type of content is one (`Publication` is abstract); its status changes only through `workflow/transitions.py`.
"""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import classproperty
from django.utils.translation import gettext_lazy as _

from publishing.text.translated_values import get_translations
from staff.signals import collect_answers

from .addresses import SLUG_LENGTH, build_slug
from .document import compute_digest
from .fields import PlainField, SiteLanguageField
from .models import Release
from .released import build_document
from .signals import related_data_requested

SLUG_HELP = _("The last part of the address. Once published, an old address leads to the new one.")


class PictureMixin(models.Model):
    """A publication with one picture, kept as `images.rebuild_picture` gave it back."""

    picture = models.JSONField(_("picture"), null=True, blank=True, editable=False)
    picture_alt = PlainField(
        _("alternative text"),
        max_length=300,
        blank=True,
        help_text=_(
            "Alternative text, read aloud by screen readers: “A corridor in the Akrestsina detention centre, empty.”"
        ),
    )
    picture_decorative = models.BooleanField(
        _("the picture is decoration"), default=False, help_text=_("Screen readers will skip it.")
    )
    picture_credit = PlainField(_("picture credit"), max_length=200, blank=True, help_text=_("“Drawing: A. B.”"))

    class Meta:
        abstract = True

    def picture_blockers(self):
        if self.picture and not self.picture_decorative and not get_translations(self, "picture_alt"):
            return [_("The picture has no alternative text and is not marked as decorative.")]
        return []


class PublicationQuerySet(models.QuerySet):
    def named(self, slug):
        """The working copies with this slug; a slug is unique within a situation only."""
        return self.filter(slug=slug)


class Publication(models.Model):
    """A working copy, seen by staff alone. Its status changes only through `workflow/transitions.py`."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False)
    slug = models.SlugField(_("address"), max_length=SLUG_LENGTH, blank=True, help_text=SLUG_HELP)
    language = SiteLanguageField(
        _("written first in"),
        max_length=12,
        help_text=_("Where a translation is missing, readers get the text in this language."),
    )
    # Counts the saves: whoever saves on top of a version that is no longer the newest is stopped.
    version = models.PositiveIntegerField(default=0, editable=False)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    modified = models.DateTimeField(_("last changed"), auto_now=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("last changed by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    objects = PublicationQuerySet.as_manager()

    class Meta:
        abstract = True

    TYPE = None  # the word in commands, entries and the audit log
    STATE_FIELD = "status"
    released = None  # the `Released` of its fields

    @classproperty
    def ORIGINALS(cls):
        """Translated field -> the field that holds the same words as they were given."""
        return cls.released.originals

    @classproperty
    def PREFETCH_RELATED(cls):
        """Relations that `document()` reads, so that many documents can be made with few queries."""
        return (*(["situation"] if hasattr(cls, "situation") else []), *cls.released.relations)

    @property
    def is_public_address(self):
        """Whether this address has ever been given out, so that it may not be taken by another."""
        return Release.objects.filter(uid=self.uid).exists()

    def clean(self):
        super().clean()
        if not self.slug:
            self.slug = build_slug(self.name_for_slug(), taken=self.slug_is_taken)
        elif self.is_address_of_another(self.slug):
            raise ValidationError({"slug": _("Another item had this address: old links lead to it. Choose another.")})

    def name_for_slug(self):
        return getattr(self, f"title_{self.language}", "") or self.title

    def slug_is_taken(self, slug):
        is_used = self.neighbours().filter(slug=slug).exclude(pk=self.pk).exists()
        return is_used or self.is_address_of_another(slug)

    def is_address_of_another(self, slug):
        """Whether something else stood at this address, and this never did: old links and citations lead there."""
        place = self.situation.slug if getattr(self, "situation_id", None) else ""
        released = Release.objects.at_address(kind=self.TYPE, situation=place, slug=slug)
        stood = set(released.values_list("uid", flat=True))
        return bool(stood) and self.uid not in stood

    def neighbours(self):
        """Those that share the space in which a slug must be unique."""
        return type(self)._default_manager.all()

    def document(self):
        """The `Document` of this working copy as it stands, as `released` declares it."""
        return build_document(self)

    def without_fallbacks(self, document):
        """A document with nothing in it that `document()` put where a field was empty."""
        return document

    def blockers(self):
        """Sentences that say why this may not be public as it stands; empty if nothing stands against it."""
        return []

    def before_release(self, *, at):
        """For what only this type sets when it goes out, inside the transaction; `at` is a moment to come, or None."""

    def after_release(self, *, by, at):
        """For what only this type does then, inside the transaction; `at` is an ISO moment to come, or None."""

    def before_purge(self):
        """For what only this type keeps of itself when its content is destroyed, inside the transaction."""

    def reminders(self):
        """Sentences that staff should read now, though nothing stands against it."""
        return []

    def assurances(self):
        """Sentences on what only this type has, and has in order."""
        return []

    def data_to_purge(self):
        """Querysets of everything that remembers what this item said, to be emptied when it is purged."""
        return [self.history.model.objects.filter(uid=self.uid), *collect_answers(related_data_requested, item=self)]

    def approval_extras(self):
        """What an approval is bound to besides the document: JSON that never becomes public, such as a consent."""
        return {}

    @property
    def audit_subject(self):
        return f"{self.TYPE}:{self.uid}"

    def seen_digest(self):
        """Names what somebody sees who looks at it now, so that they decide on exactly that."""
        return compute_digest([self.version, self.document().as_json(), self.approval_extras()])

    def starts_by_itself(self):
        """The moment to come at which it says itself that it begins, or None."""


def get_publication_types():
    """The word for each type of publication -> its model; they register by existing."""
    found, queue = {}, [Publication]
    while queue:
        model = queue.pop()
        queue += model.__subclasses__()
        if model.TYPE and not model._meta.abstract:
            found[model.TYPE] = model
    return found


def get_publication_model(kind):
    return get_publication_types()[kind]


class Precision(models.TextChoices):
    DAY = "day", _("the day is known")
    MONTH = "month", _("only the month is known")
    YEAR = "year", _("only the year is known")
    UNDATED = "undated", _("not recorded")


class DateMixin(models.Model):
    """A date that is never shown more exactly than it is known."""

    date = models.DateField(
        _("date"),
        help_text=_(
            "Sets the position in the timeline. If the day is not known, choose one that puts it in the right position."
        ),
    )
    date_precision = models.CharField(
        _("how exact the date is"),
        max_length=8,
        choices=Precision,
        default=Precision.DAY,
        help_text=_("“Not recorded” shows “Day not recorded” and keeps the place."),
    )

    class Meta:
        abstract = True

    @property
    def date_as_known(self):
        """“2020-08-14”, “2020-08”, “2020” or “n.d.”."""
        known = {"day": 10, "month": 7, "year": 4, "undated": 0}[self.date_precision]
        return self.date.isoformat()[:known] if self.date and known else "n.d."
