"""This module knows how a date is written in each language, and never more exactly than it is recorded.

Django's own formats serve every language that is not named here. Those of the design say the day first
and spell the month; for Belarusian, Django has the months in one case and in an older spelling.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils import formats, translation
from django.utils.dateformat import format as written
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


@dataclass(frozen=True)
class Style:
    """Formats of Django's `date` filter: a full day, a day inside its month, a month, and a month in little space."""

    day: str
    short: str
    month: str
    column: str


STYLES = {
    "en": Style("j F Y", "j M", "F Y", "M"),
    "fr": Style("j F Y", "j b", "F Y", "b"),
    "es": Style(r"j \d\e F \d\e Y", "j b", r"F \d\e Y", "b"),
    "ru": Style("j E Y", "j b", "F Y", "b"),
    "be": Style("j E Y", "j b", "F Y", "b"),
    "ar": Style("j F Y", "j F", "F Y", "n"),
}
# Months from January, for the letters of a format in which Django's names would be wrong.
NAMES = {
    ("be", "F"): "студзень люты сакавік красавік май чэрвень ліпень жнівень верасень кастрычнік лістапад снежань",
    ("be", "E"): "студзеня лютага сакавіка красавіка мая чэрвеня ліпеня жніўня верасня кастрычніка лістапада снежня",
    ("be", "b"): "сту лют сак кра мая чэр ліп жні вер кас ліс сне",
    ("ru", "F"): "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    ("ru", "b"): "янв фев мар апр мая июн июл авг сен окт ноя дек",
    ("fr", "b"): "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
}
KNOWN = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}


def style():
    """The `Style` of the active language."""
    known = STYLES.get(translation.get_language() or "en")
    return known or Style(*map(formats.get_format, ["DATE_FORMAT", "MONTH_DAY_FORMAT", "YEAR_MONTH_FORMAT"]), "M")


def put(date, form):
    language = translation.get_language()
    for letter in "FEb":
        if letter in form and (language, letter) in NAMES:
            name = NAMES[language, letter].split()[date.month - 1]
            form = form.replace(letter, "".join(f"\\{character}" for character in name))
    return written(date, form)


def day(date):
    """“14 August 2020”."""
    return put(date, style().day)


def short_day(date):
    """“14 Aug”, for a place that says the year."""
    return put(date, style().short)


def month(date):
    """“August 2020”, as it begins a heading."""
    return capfirst(put(date, style().month))


def column_month(date):
    """“Aug”, or a number where no short name exists: what fits below a column."""
    words = put(date, style().column)
    return "май" if words == "мая" else words  # the only month whose short form shows the case


def short_month(date):
    """“Aug”, for a place that says the year."""
    form = style().column
    return put(date, "F" if form == "n" else form)


def parsed(date):
    """A date, also where it came out of JSON."""
    return dt.date.fromisoformat(date) if isinstance(date, str) else date


def as_known(date, precision):
    """The date in words as far as it is recorded: “14 August 2020”, “August 2020”, “2020”, “Day not recorded”."""
    ways = {"day": day, "month": month, "year": lambda date: str(date.year)}
    return ways[precision](date) if precision in ways else _("Day not recorded")


def short_as_known(date, precision):
    """“14 Aug 2020”, “Aug 2020”, “2020”, “n.d.”: for a list without month headings."""
    if precision in {"day", "month"}:
        words = short_day(date) if precision == "day" else short_month(date)
        return _("%(day)s %(year)s") % {"day": words, "year": date.year}
    return str(date.year) if precision == "year" else pgettext("date not recorded", "n.d.")


def in_data(date, precision):
    """ISO 8601 as far as it is recorded, for `datetime` and data; "" if nothing is."""
    return date.strftime(KNOWN[precision]) if precision in KNOWN else ""


def period(first, last):
    """The months from one day to another, “February to May 2021”; either end may be None."""
    if first is None or last is None:
        return open_period(first=first, last=last)
    if (first.year, first.month) == (last.year, last.month):
        return month(first)
    start = put(first, "F" if first.year == last.year else style().month)
    return _("%(first)s to %(last)s") % {"first": start, "last": put(last, style().month)}


def open_period(*, first, last):
    if first:
        return _("%(month)s or later") % {"month": month(first)}
    return _("%(month)s or earlier") % {"month": month(last)} if last else _("Day not recorded")
