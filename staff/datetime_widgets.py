"""How the desk asks for a day and time, and how it tells one."""

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _


def build_datetime_widget():
    """The browser's own fields for day and time, named for those who hear the page."""
    return forms.SplitDateTimeWidget(
        date_attrs={"type": "date", "aria-label": gettext_lazy("Day")},
        date_format="%Y-%m-%d",
        time_attrs={"type": "time", "aria-label": gettext_lazy("Time")},
        time_format="%H:%M",
    )


# Django writes these months of Belarusian in an older spelling.
OLD_MONTHS = {"траўня": "мая", "верасьня": "верасня", "сьнежня": "снежня"}


def format_desk_date(day):
    """“14 August 2020” in the language of the desk; English as the site prints it, day first."""
    words = date_format(day, "j F Y" if get_language() == "en" else "DATE_FORMAT")
    for old, usual in OLD_MONTHS.items() if get_language() == "be" else ():
        words = words.replace(old, usual)
    return words


def format_desk_datetime(moment):
    """“14 August 2020, 10:00 UTC” in the language of the desk."""
    local = timezone.localtime(moment)
    facts = {
        "day": format_desk_date(local),
        "time": date_format(local, "H:i"),
        "zone": timezone.get_current_timezone_name(),
    }
    return _("%(day)s, %(time)s %(zone)s") % facts
