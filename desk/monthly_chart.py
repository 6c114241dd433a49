"""The small picture on the first page of the desk: how much was published in each of the last twelve months."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from publishing.models import Release

MONTH_COUNT = 12
MAX_BAR_HEIGHT = 48  # of a bar, in the units of the drawing
BAR_WIDTH, BAR_GAP = 20, 6
LABEL_INTERVAL = 3  # every third month is named below its bar
COUNTED_TYPES = ("update", "story")


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
class BarChart:
    bars: list
    total: int
    width: int = MONTH_COUNT * (BAR_WIDTH + BAR_GAP) - BAR_GAP
    height: int = MAX_BAR_HEIGHT
    bar_width: int = BAR_WIDTH

    @property
    def names(self):
        """Short names of the first month, with its year, and of every third after it."""
        for place, bar in enumerate(self.bars[::LABEL_INTERVAL]):
            yield date_format(bar.month, "M" if place else "M Y")


def build_monthly_chart(*, today=None):
    """The `BarChart` of what was released, by month. One query."""
    months = get_months_until((today or timezone.localdate()).replace(day=1))
    counts = count_releases_by_month(months)
    most = max(counts.values()) or 1
    bars = [build_bar(place, month, counts[month], most=most) for place, month in enumerate(months)]
    return BarChart(bars=bars, total=sum(one.count for one in bars))


def get_months_until(last):
    months = [last]
    while len(months) < MONTH_COUNT:
        months.append((months[-1] - dt.timedelta(days=1)).replace(day=1))
    return months[::-1]


def count_releases_by_month(months):
    """First of the month -> how many items were released in it, each counted once a month."""
    ends = [*months[1:], get_next_month(months[-1])]
    spans = {
        f"m{place}": Q(at__gte=get_start_of_day(first), at__lt=get_start_of_day(end))
        for place, (first, end) in enumerate(zip(months, ends, strict=True))
    }
    made = Release.objects.filter(
        type__in=COUNTED_TYPES, action=Release.Action.PUBLISH, at__gte=get_start_of_day(months[0])
    )
    found = made.aggregate(**{name: Count("uid", distinct=True, filter=span) for name, span in spans.items()})
    return dict(zip(months, found.values(), strict=True))


def get_next_month(first):
    return (first + dt.timedelta(days=32)).replace(day=1)


def get_start_of_day(day):
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def build_bar(place, month, count, *, most):
    """At least one unit tall where there is anything, so that one item beside a hundred is still seen."""
    height = max(round(MAX_BAR_HEIGHT * count / most), 1) if count else 0
    return Bar(month, count, place * (BAR_WIDTH + BAR_GAP), MAX_BAR_HEIGHT - height, height)
