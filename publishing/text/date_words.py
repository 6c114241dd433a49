"""This module knows how a date is written in each language, and never more exactly than it is recorded.

Django's own formats serve every language that is not named here. Those of the design say the day first
and spell the month; for Belarusian, Django has the months in one case and in an older spelling.
"""

import calendar
import datetime as dt
from dataclasses import dataclass

from django.utils import formats, translation
from django.utils.dateformat import format as written
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


@dataclass(frozen=True)
class DateStyle:
    """Formats of Django's `date` filter: a full day, a day inside its month, a month, and a month in little space."""

    day: str
    short: str
    month: str
    column: str


DATE_STYLES = {
    "en": DateStyle("j F Y", "j M", "F Y", "M"),
    "fr": DateStyle("j F Y", "j b", "F Y", "b"),
    "es": DateStyle(r"j \d\e F \d\e Y", "j b", r"F \d\e Y", "b"),
    "ru": DateStyle("j E Y", "j b", "F Y", "b"),
    "be": DateStyle("j E Y", "j b", "F Y", "b"),
    "ar": DateStyle("j F Y", "j F", "F Y", "n"),
}
# Months from January, for the letters of a format in which Django's names would be wrong.
MONTH_NAMES = {
    ("be", "F"): "студзень люты сакавік красавік май чэрвень ліпень жнівень верасень кастрычнік лістапад снежань",
    ("be", "E"): "студзеня лютага сакавіка красавіка мая чэрвеня ліпеня жніўня верасня кастрычніка лістапада снежня",
    ("be", "b"): "сту лют сак кра мая чэр ліп жні вер кас ліс сне",
    ("ru", "F"): "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    ("ru", "b"): "янв фев мар апр мая июн июл авг сен окт ноя дек",
    ("ar", "F"): "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    ("fr", "b"): "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
}
ISO_FORMATS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}


def get_date_style():
    """The `DateStyle` of the active language."""
    known = DATE_STYLES.get(translation.get_language() or "en")
    return known or DateStyle(*map(formats.get_format, ["DATE_FORMAT", "MONTH_DAY_FORMAT", "YEAR_MONTH_FORMAT"]), "M")


def format_date(date, form):
    language = translation.get_language()
    if language == "fr" and date.day == 1:
        form = form.replace("j", r"j\e\r")  # “1er août”, and no other day
    for letter in "FEb":
        if letter in form and (language, letter) in MONTH_NAMES:
            name = MONTH_NAMES[language, letter].split()[date.month - 1]
            form = form.replace(letter, "".join(f"\\{character}" for character in name))
    return written(date, form)


def format_day(date):
    """“14 August 2020”."""
    return format_date(date, get_date_style().day)


def format_short_day(date):
    """“14 Aug”, for a place that says the year."""
    return format_date(date, get_date_style().short)


def format_month(date):
    """“August 2020”, as it begins a heading."""
    return capfirst(format_date(date, get_date_style().month))


def format_column_month(date):
    """“Aug”, or a number where no short name exists: what fits below a column."""
    words = format_date(date, get_date_style().column)
    return "май" if words == "мая" else words  # the only month whose short form shows the case


def format_short_month(date):
    """“Aug”, for a place that says the year."""
    form = get_date_style().column
    return format_date(date, "F" if form == "n" else form)


def to_date(date):
    """A date, also where it came out of JSON."""
    return dt.date.fromisoformat(date) if isinstance(date, str) else date


def format_known_date(date, precision):
    """The date in words as far as it is recorded: “14 August 2020”, “August 2020”, “2020”, “Day not recorded”."""
    ways = {"day": format_day, "month": format_month, "year": lambda date: str(date.year)}
    return ways[precision](date) if precision in ways else _("Day not recorded")


def format_short_known_date(date, precision):
    """“14 Aug 2020”, “Aug 2020”, “2020”, “n.d.”: for a list without month headings."""
    if precision in {"day", "month"}:
        words = format_short_day(date) if precision == "day" else format_short_month(date)
        return _("%(day)s %(year)s") % {"day": words, "year": date.year}
    return str(date.year) if precision == "year" else pgettext("date not recorded", "n.d.")


def format_iso_date(date, precision):
    """ISO 8601 as far as it is recorded, for `datetime` and data; "" if nothing is."""
    return date.strftime(ISO_FORMATS[precision]) if precision in ISO_FORMATS else ""


def get_first_day(date, precision):
    """The first day that a date of this precision may mean, as ISO 8601; None where nothing is recorded."""
    first = {"day": date, "month": date.replace(day=1), "year": date.replace(month=1, day=1)}.get(precision)
    return first and first.isoformat()


def get_last_day(date, precision):
    """The last day that it may mean."""
    end_of_month = date.replace(day=calendar.monthrange(date.year, date.month)[1])
    last = {"day": date, "month": end_of_month, "year": date.replace(month=12, day=31)}.get(precision)
    return last and last.isoformat()


def format_period(first, last):
    """The months from one day to another, “February to May 2021”; either end may be None."""
    if first is None or last is None:
        return format_open_period(first=first, last=last)
    if (first.year, first.month) == (last.year, last.month):
        return format_month(first)
    start = format_date(first, "F" if first.year == last.year else get_date_style().month)
    return _("%(first)s to %(last)s") % {"first": start, "last": format_date(last, get_date_style().month)}


def format_open_period(*, first, last):
    if first:
        return _("%(month)s or later") % {"month": format_month(first)}
    return _("%(month)s or earlier") % {"month": format_month(last)} if last else _("Day not recorded")
