"""The picture of updates per month: one mark is one update, one column one month, oldest first.

Drawn from the kept counts alone, so that it costs the same at ten and at a hundred thousand updates.
Where months would be too many or too tall, columns become quarters, years, decades, and a mark may
stand for several updates; the note always says so. Testimonies and other news are not in it.
"""

import datetime as dt
import math
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from publishing.kinds import FAMILIES, get_kind_family
from publishing.text import date_words
from timeline.search.stored_counts import get_stored_counts

DENSE_ABOVE = 8  # marks in a column as drawn; above that they stand denser
MAX_COLUMN_MARKS = 16
MAX_COLUMNS = 18
UNDATED = "undated"
COLUMN_STEPS = (1, 3, 12, 120)  # months in a column
CHART_TITLES = {
    1: gettext_lazy("Updates by month"),
    3: gettext_lazy("Updates by quarter"),
    12: gettext_lazy("Updates by year"),
    120: gettext_lazy("Updates by decade"),
}
COLUMN_SENTENCES = {
    3: gettext_lazy("One column is three months."),
    12: gettext_lazy("One column is a year."),
    120: gettext_lazy("One column is ten years."),
}
MARK_SCALES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000)


@dataclass(frozen=True)
class ChartColumn:
    """`label` stands below it, with `year` where a year begins; `long_label` is read aloud. No `address`: no link.

    `marks` is a list of families from the bottom up; `state` is "", "empty" or "undated".
    """

    label: str
    year: str
    long_label: str
    address: str
    marks: list
    count: int
    state: str = ""


@dataclass(frozen=True)
class LegendRow:
    """A line of the legend; its address filters by the kinds of the family."""

    family: str
    label: str
    count: int
    address: str


@dataclass(frozen=True)
class MonthlyChart:
    """`is_dense` asks for smaller marks. Without columns there is nothing to draw."""

    title: str
    note: str
    columns: list
    legend: list
    is_dense: bool

    def __bool__(self):
        return bool(self.columns)


def build_update_chart(query_filter, *, is_paged=False, undated_anchor=""):
    """The `MonthlyChart` of the filter's situation, in the active language, whatever it narrows. One query.

    `is_paged` says that the page it stands on does not show all updates, so that months lead to lists;
    `undated_anchor` is that of its first group without a month.
    """
    return ChartBuilder(query_filter, is_paged=is_paged, undated_anchor=undated_anchor).build_chart()


class ChartBuilder:
    """One picture in the making: months are numbered from year 0, so that columns are whole divisions."""

    def __init__(self, query_filter, *, is_paged, undated_anchor):
        self.filter = query_filter.cleared(since=None, section="updates")
        self.is_paged = is_paged
        self.undated_anchor = undated_anchor
        self.months, self.undated, self.kinds = count_by_month(get_stored_counts(query_filter))
        self.step = choose_step(self.months)
        self.stacks = stack_columns(self.months, self.step)
        self.scale = choose_scale([*self.stacks.values(), self.undated])

    def build_chart(self):
        columns = [self.column(number) for number in self.numbers()]
        columns += [self.undated_column()] if self.undated else []
        tallest = max((len(column.marks) for column in columns), default=0)
        return MonthlyChart(self.title(), self.note(), columns, self.legend(), is_dense=tallest > DENSE_ABOVE)

    def numbers(self):
        return range(min(self.stacks), max(self.stacks) + 1) if self.stacks else range(0)

    # --- Columns ---

    def column(self, number):
        stack = self.stacks.get(number, Counter())
        count = sum(stack.values())
        label, period = self.named(number)
        return ChartColumn(
            label=label,
            year=self.year_below(number),
            long_label=format_period_count(period, count),
            address=self.address(number) if count else "",
            marks=build_column_marks(stack, self.scale),
            count=count,
            state="" if count else "empty",
        )

    def undated_column(self):
        count = sum(self.undated.values())
        return ChartColumn(
            label=pgettext("below a column of updates", "undated"),
            year="",
            long_label=format_period_count(_("Day not recorded"), count),
            address=f"#{self.undated_anchor}" if self.undated_anchor and not self.is_paged else "",
            marks=build_column_marks(self.undated, self.scale),
            count=count,
            state=UNDATED,
        )

    def named(self, number):
        """(below the column, in full) for a column."""
        first = get_first_day(number * self.step)
        if self.step == 1:
            return date_words.format_column_month(first), date_words.format_month(first)
        if self.step == 3:
            words = {"number": number % 4 + 1, "year": first.year}
            return _("Q%(number)s") % words, _("Quarter %(number)s of %(year)s") % words
        if self.step == 12:
            return str(first.year), str(first.year)
        return _("%(year)ss") % {"year": first.year}, _("%(year)ss") % {"year": first.year}

    def year_below(self, number):
        """The year, below the first column and wherever a year begins."""
        month = number * self.step
        begins = number == min(self.stacks) or month % 12 == 0
        return str(month // 12) if begins and self.step < 12 else ""

    def address(self, number):
        """A place on this page where all updates stand on it; otherwise the list of that period."""
        months = [format_month_number(month) for month in range(number * self.step, (number + 1) * self.step)]
        if self.step == 1 and not self.is_paged:
            return f"#m-{months[0]}"
        if self.step < 12:
            return self.filter.address(month=months)
        return self.filter.address(year=sorted({month[:4] for month in months}))

    # --- Around them ---

    def title(self):
        title = str(CHART_TITLES[self.step])
        if not self.months:
            return title
        period = date_words.format_period(get_first_day(min(self.months)), get_first_day(max(self.months)))
        return _("%(title)s, %(period)s") % {"title": title, "period": period}

    def note(self):
        return " ".join([self.sentence_on_marks(), *self.sentence_on_columns(), self.sentence_on_links()])

    def sentence_on_marks(self):
        if self.scale == 1:
            return _("One mark is one update.")
        return _("One mark is up to %(count)d updates of the same kind.") % {"count": self.scale}

    def sentence_on_columns(self):
        return [str(COLUMN_SENTENCES[self.step])] if self.step in COLUMN_SENTENCES else []

    def sentence_on_links(self):
        if self.step > 1 or self.is_paged:
            return _("Choose a column to see its updates, or a kind to see only that kind.")
        return _("Choose a month to go to it, or a kind to see only that kind.")

    def legend(self):
        families = Counter()
        for kind, count in self.kinds.items():
            families[get_kind_family(kind)] += count
        return [self.row(family, families[family]) for family in FAMILIES if families[family]]

    def row(self, family, count):
        kinds = [kind for kind in self.kinds if get_kind_family(kind) == family]
        return LegendRow(family, str(FAMILIES[family]), count, self.filter.address(kind=kinds))


# --- Counting ---------------------------------------------------------------------------------


def count_by_month(counts):
    """(month number -> families, families of the undated, kinds), each a count."""
    months, undated, kinds = defaultdict(Counter), Counter(), Counter()
    rows = counts.filter(section="updates", facet="tempo").values_list("value", "n")
    for month, kind, n in ((*value.split(" ", 1), n) for value, n in rows):
        kinds[kind] += n
        place = undated if month == UNDATED else months[parse_month_number(month)]
        place[get_kind_family(kind)] += n
    return dict(months), undated, dict(sorted(kinds.items()))


def parse_month_number(value):
    year, month = map(int, value.split("-"))
    return year * 12 + month - 1


def format_month_number(number):
    return f"{number // 12:04}-{number % 12 + 1:02}"


def get_first_day(number):
    return dt.date(max(number // 12, 1), number % 12 + 1, 1)


def choose_step(months):
    """Months in a column: the fewest with which the picture stays narrow; tall months make it quarters at least."""
    if not months:
        return 1
    too_tall = max(sum(month.values()) for month in months.values()) > MAX_COLUMN_MARKS
    steps = COLUMN_STEPS[1:] if too_tall else COLUMN_STEPS
    return next((step for step in steps if max(months) // step - min(months) // step < MAX_COLUMNS), COLUMN_STEPS[-1])


def stack_columns(months, step):
    stacks = defaultdict(Counter)
    for number, families in months.items():
        stacks[number // step].update(families)
    return dict(stacks)


def choose_scale(stacks):
    """Updates to a mark: the fewest with which no column is too tall."""
    return next(
        (
            scale
            for scale in MARK_SCALES
            if all(len(build_column_marks(stack, scale)) <= MAX_COLUMN_MARKS for stack in stacks)
        ),
        MARK_SCALES[-1],
    )


def build_column_marks(stack, scale):
    """The families of one column, mark by mark; a family that has any has at least one."""
    return [family for family in FAMILIES for _mark in range(math.ceil(stack[family] / scale))]


def format_period_count(period, count):
    if not count:
        return _("%(period)s: no updates") % {"period": period}
    words = ngettext("%(period)s: %(count)d update", "%(period)s: %(count)d updates", count)
    return words % {"period": period, "count": count}
