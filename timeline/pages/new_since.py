"""This module knows what is new to a reader who says when they were last here.

The day stands in the address (`since=2020-08-14`), so that a bookmark remembers it and nobody else does. It
marks and narrows nothing. The day itself counts: nothing that came after the visit is missed.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from publishing.text import date_words


def get_today_iso():
    """As it stands in an address; pages that offer it depend on it."""
    return timezone.localdate().isoformat()


def get_new_mark(entry, since):
    """“New since 14 August 2020”, “Changed since …”, or nothing; `since` is a date or None."""
    if since is None or timezone.localdate(entry.changed) < since:
        return ""
    is_new = timezone.localdate(entry.first_public) >= since
    words = _("New since %(day)s") if is_new else _("Changed since %(day)s")
    return words % {"day": date_words.format_day(since)}


def get_since_offer(query_filter):
    """What a list says of it: the marks it carries and how to be rid of them, or the address that will mark."""
    if query_filter.since:
        return {"day": date_words.format_day(query_filter.since), "without": query_filter.address(since=None)}
    day = timezone.localdate()
    return {"today": date_words.format_day(day), "address": query_filter.address(since=day)}
