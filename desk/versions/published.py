"""The small picture on the first page of the desk: how much was published in each of the last twelve months."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from publishing.models import Release

MONTHS = 12
TALLEST = 48  # of a bar, in the units of the drawing
WIDE, GAP = 20, 6
LABELLED = 3  # every third month is named below its bar
COUNTED = ("update", "story")


@dataclass(frozen=True)
class Bar:
    """One month; `x`, `y` and `height` are where its bar stands in a drawing of `MONTHS` bars."""

    month: dt.date
    count: int
    x: int
    y: int
    height: int

    @property
    def label(self):
        words = ngettext("%(month)s: %(count)d item", "%(month)s: %(count)d items", self.count)
        return words % {"month": date_format(self.month, "YEAR_MONTH_FORMAT"), "count": self.count}


@dataclass(frozen=True)
class Drawing:
    bars: list
    total: int
    width: int = MONTHS * (WIDE + GAP) - GAP
    height: int = TALLEST
    bar_width: int = WIDE

    @property
    def names(self):
        """Short names of the first month, with its year, and of every third after it."""
        for place, bar in enumerate(self.bars[::LABELLED]):
            yield date_format(bar.month, "M" if place else "M Y")


def last_months(*, today=None):
    """The `Drawing` of what was released, by month. One query."""
    months = months_until((today or timezone.localdate()).replace(day=1))
    counts = counts_of(months)
    most = max(counts.values()) or 1
    bars = [bar(place, month, counts[month], most=most) for place, month in enumerate(months)]
    return Drawing(bars=bars, total=sum(one.count for one in bars))


def months_until(last):
    months = [last]
    while len(months) < MONTHS:
        months.append((months[-1] - dt.timedelta(days=1)).replace(day=1))
    return months[::-1]


def counts_of(months):
    """First of the month -> how many items were released in it, each counted once a month."""
    ends = [*months[1:], next_month(months[-1])]
    spans = {
        f"m{place}": Q(at__gte=start_of(first), at__lt=start_of(end))
        for place, (first, end) in enumerate(zip(months, ends, strict=True))
    }
    made = Release.objects.filter(type__in=COUNTED, deed=Release.Deed.PUBLISH, at__gte=start_of(months[0]))
    found = made.aggregate(**{name: Count("uid", distinct=True, filter=span) for name, span in spans.items()})
    return dict(zip(months, found.values(), strict=True))


def next_month(first):
    return (first + dt.timedelta(days=32)).replace(day=1)


def start_of(day):
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def bar(place, month, count, *, most):
    """At least one unit tall where there is anything, so that one item beside a hundred is still seen."""
    height = max(round(TALLEST * count / most), 1) if count else 0
    return Bar(month, count, place * (WIDE + GAP), TALLEST - height, height)
