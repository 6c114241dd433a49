"""This module knows how much of a date is recorded: the day, the month, the year, or only where it belongs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
