"""This module knows how the entries of one page are found, and how an address names the place where it begins.

A page costs what it shows. Lists are read from an index that has them in order: that of a tag, a partner, a language
or a kind where one is chosen, otherwise that of all entries. What was searched for is found by the index of words.
"""

import base64
import datetime as dt
from dataclasses import dataclass

from django.db.models import BigIntegerField, Q
from django.utils.translation import gettext as _

from publishing.models import Entry

from .facets import BadFilter
from .fulltext_index import Hit
from .matching import search_entries

MAX_KEY = BigIntegerField.MAX_BIGINT


@dataclass(frozen=True)
class PageSlice:
    """The entries of a page, the cursor of the next ("" on the last), and the first entry there."""

    entries: list
    cursor: str = ""
    following: Entry | None = None


# --- By filters alone -------------------------------------------------------------------------


def get_page_by_date(streams, before, *, size, unread):
    """The newest entries that are older than the cursor; `unread` names columns that are not fetched.

    `streams` are querysets in order, each with the column of the entry's key in it.
    """
    place = decode_date_cursor(before) if before else None
    found, *more = [get_first_keys(stream, place, size + 1) for stream in streams]
    # Which they are is read from the index alone; then only those few rows are fetched.
    here = Entry.objects.filter(pk__in=union_keys(found, more)).newest_first().defer(*unread)[: size + 1]
    return slice_page(list(here), size, encode_entry_cursor)


def get_first_keys(stream, place, most):
    rows, key = stream
    return (filter_older(rows, place) if place else rows).values(key)[:most]


def union_keys(found, more):
    """The keys of all streams; a union, since a database reads a whole table for one list or another."""
    if not more:
        return found
    first, *others = [Entry.objects.order_by().filter(pk__in=keys).values("pk") for keys in (found, *more)]
    return first.union(*others)


def filter_older(rows, place):
    date, number = place
    # The first condition is what the index seeks by; the second alone would be read row by row.
    return rows.filter(date__lte=date).filter(Q(date__lt=date) | Q(number__lt=number))


def filter_newer(rows, place):
    date, number = place
    return rows.filter(date__gte=date).filter(Q(date__gt=date) | Q(number__gt=number))


def slice_page(rows, size, cursor):
    if len(rows) <= size:
        return PageSlice(rows)
    return PageSlice(rows[:size], cursor(rows[size - 1]), rows[size])


# --- By words ---------------------------------------------------------------------------------


def get_page_by_words(query_filter, entries, before, *, size, is_ranked):
    """The same for a filter with words, of the entries that match in what the index does not know: the best first,
    or the newest."""
    after = decode_hit_cursor(before) if before else None
    found = search_entries(query_filter, entries, after=after, most=size + 1, is_ranked=is_ranked)
    page = slice_page(found, size, lambda pair: encode_cursor(pair[0].tier, pair[0].date, pair[0].release))
    following = page.following[1] if page.following else None
    return PageSlice([entry for _hit, entry in page.entries], page.cursor, following)


# --- The cursor: the place of the last entry shown --------------------------------------------


def encode_entry_cursor(entry):
    return encode_cursor(entry.date, entry.number)


def encode_cursor(*place):
    text = ".".join(map(str, place))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_date_cursor(cursor):
    """(date, number) that a cursor stands for; whatever else it may be is refused."""
    try:
        date, number = decode_cursor(cursor)
        return dt.date.fromisoformat(date), parse_natural_number(number)
    except ValueError:
        raise build_cursor_error() from None


def decode_hit_cursor(cursor):
    """The `Hit` that the cursor of a search stands for."""
    try:
        tier, date, release = decode_cursor(cursor)
        return Hit(parse_natural_number(tier), dt.date.fromisoformat(date), parse_natural_number(release))
    except ValueError:
        raise build_cursor_error() from None


def decode_cursor_date(cursor, *, is_search):
    """The date of the last entry on the page before, in a list that is not ranked."""
    return decode_hit_cursor(cursor).date if is_search else decode_date_cursor(cursor)[0]


def decode_cursor(cursor):
    text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    return text.decode("ascii").split(".")


def parse_natural_number(text):
    number = int(text)
    if not 0 <= number <= MAX_KEY:
        raise ValueError(text)
    return number


def build_cursor_error():
    return BadFilter(_("“before” is not the address of a page."))
