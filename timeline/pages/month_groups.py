"""This module knows how a list of entries falls into months, and where those stand whose month is not recorded.

An entry without a recorded month keeps its place among the dated ones, under a heading of its own that names
the time between its neighbours: nothing is printed more exactly than it is known.
"""

from dataclasses import dataclass, field
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publishing.text import date_words

MONTH_PRECISIONS = {"day", "month"}


@dataclass
class MonthGroup:
    """Entries under one heading. `is_whole` says that no other page carries more of it, so that it may be counted."""

    anchor: str
    title: str
    entries: list = field(default_factory=list)
    note: str = ""
    is_whole: bool = True

    @property
    def is_undated(self):
        return bool(self.note)

    def note_line(self):
        """The line below the heading: how many there are, or what is not known of them."""
        if self.note or not self.is_whole:
            return self.note
        count = len(self.entries)
        if all(entry.section == "updates" for entry in self.entries):
            return ngettext("%(count)d update", "%(count)d updates", count) % {"count": count}
        return ngettext("%(count)d entry", "%(count)d entries", count) % {"count": count}


def group_by_month(entries, *, newer=None, older=None):
    """`MonthGroup`s of entries that come newest first.

    `newer` and `older` are the dates of the nearest dated entries before and after these, on the pages
    beside this one; None where the list ends.
    """
    dated = [entry for entry in entries if entry.precision in MONTH_PRECISIONS]
    floating = [entry for entry in entries if entry.precision not in MONTH_PRECISIONS]
    runs = [list(run) for _month, run in groupby(dated, key=get_year_and_month)]
    places = [find_run_index(runs, entry) for entry in floating]
    groups = []
    for place in range(len(runs) + 1):
        here = [entry for entry, at in zip(floating, places, strict=True) if at == place]
        first = runs[place][0].date if place < len(runs) else older
        last = runs[place - 1][-1].date if place else newer
        groups += build_undated_groups(here, first=first, last=last)
        groups += [build_month_group(run) for run in runs[place : place + 1]]
    mark_partial_groups(groups, newer=newer, older=older)
    return make_anchors_unique(groups)


def get_year_and_month(entry):
    return entry.date.year, entry.date.month


def find_run_index(runs, entry):
    """Before which run of a month the entry stands; one from the midst of a month follows that month."""
    for place, run in enumerate(runs):
        if is_newer(entry, run[-1]):
            return place + 1 if is_newer(run[0], entry) else place
    return len(runs)


def is_newer(one, other):
    return (one.date, one.number) > (other.date, other.number)


def build_month_group(run):
    anchor = "m-{:04}-{:02}".format(*get_year_and_month(run[0]))
    return MonthGroup(anchor, date_words.format_month(run[0].date), run)


def build_undated_groups(entries, *, first, last):
    """Groups of what stands between two dated neighbours: by year where that is known, else by the time between."""
    groups = []
    for year, run in groupby(entries, key=lambda entry: entry.year):
        if year:
            groups.append(
                MonthGroup(f"y-{year}", year, list(run), _("Published in this year; the month is not recorded."))
            )
        elif first or last:
            note = _("Published in this period; the exact day is not recorded.")
            groups.append(MonthGroup("m-undated", capfirst(date_words.format_period(first, last)), list(run), note))
        else:
            note = _("When these were published is not recorded.")
            groups.append(MonthGroup("m-undated", date_words.format_period(None, None), list(run), note))
    return groups


def mark_partial_groups(groups, *, newer, older):
    """A month that goes on over the edge of the page is not counted, since only part of it is in sight."""
    if groups and newer:
        groups[0].is_whole = groups[0].is_undated or not shares_month(groups[0], newer)
    if groups and older:
        groups[-1].is_whole = groups[-1].is_undated or not shares_month(groups[-1], older)


def shares_month(group, date):
    return (date.year, date.month) in map(get_year_and_month, group.entries)


def make_anchors_unique(groups):
    """Anchors are used once: the second of a name gets a number."""
    seen = {}
    for group in groups:
        seen[group.anchor] = seen.get(group.anchor, 0) + 1
        if seen[group.anchor] > 1:
            group.anchor += f"-{seen[group.anchor]}"
    return groups
