"""What updates and testimonies share: a place in a situation, a date, tags, and the wish to be told at once.

Not here: the half of their desk that they share (`item_admin.py`), what each of them says (`updates`, `stories`).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from publishing.fields import PlainField
from publishing.publication import DateMixin, Publication

from .models import Situation, TaggedItem
from .spreadsheets.former_keys import remember_keys


class TimelineItem(DateMixin, Publication):
    situation = models.ForeignKey(
        Situation, verbose_name=_("situation"), on_delete=models.PROTECT, related_name="%(app_label)s"
    )
    content_note = PlainField(
        _("content note"), max_length=160, blank=True, help_text=_("A short noun, shown before the text: “beatings”.")
    )
    tell_now = models.BooleanField(
        _("tell subscribers now"),
        default=False,
        help_text=_("Subscribers to urgent news get an e-mail when it is published."),
    )
    tags = TaggableManager(_("tags"), through=TaggedItem, blank=True, help_text=_("Separated by commas."))

    class Meta:
        abstract = True
        ordering = ["-date", "-pk"]
        constraints = [models.UniqueConstraint(fields=["situation", "slug"], name="%(app_label)s_one_a_slug")]
        indexes = [
            models.Index(fields=["-date", "-id"], name="%(app_label)s_newest_first"),
            models.Index(fields=["-modified", "-id"], name="%(app_label)s_last_changed"),
            models.Index(fields=["status", "modified", "uid"], name="%(app_label)s_by_status_and_save"),
        ]

    def neighbours(self):
        return super().neighbours().filter(situation=self.situation_id)

    def blockers(self):
        return self.situation.blockers_below()

    def before_purge(self):
        """The file from which it came may be imported again."""
        remember_keys(self)
