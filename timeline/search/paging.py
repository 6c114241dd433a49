"""This module knows how the entries of one page are found, and how an address names the place where it begins.

A page costs what it shows. Lists are read from an index that has them in order: that of a tag, a partner, a language
or a kind where one is chosen, otherwise that of all entries. What was searched for is found by the index of words.
"""

import base64
import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from publishing.models import Entry, EntryLabel

from .facets import FACETS, BadFilter
from .index import Hit
from .matching import found_in_order

BIGGEST = 2**63 - 1
DRIVERS = ("partner", "tag", "in", "kind", "text")  # facets whose values have an index of their own, the rarest first


@dataclass(frozen=True)
class Part:
    """The entries of a page, the cursor of the next ("" on the last), and the first entry there."""

    entries: list
    cursor: str = ""
    following: Entry | None = None


# --- By filters alone -------------------------------------------------------------------------


def in_time(shown, before, *, size, channel, unread):
    """The newest entries that are older than the cursor; `unread` names columns that are not fetched."""
    place = place_at(before) if before else None
    found, *more = [first_of(stream, place, size + 1) for stream in streams(shown, channel=channel)]
    # Which they are is read from the index alone; then only those few rows are fetched.
    here = Entry.objects.filter(pk__in=joined(found, more)).newest_first().defer(*unread)[: size + 1]
    return cut(list(here), size, cursor_of)


def streams(shown, *, channel):
    """Rows newest first, one queryset for each value of the facet by whose index they are found, and the column of
    the entry's key in them; together they hold every entry that matches."""
    driver = next((name for name in DRIVERS if name in shown.chosen), None)
    if driver is None:
        return [(shown.entries(channel=channel), "pk")]
    rest = shown.changed(**{driver: None})
    if column := FACETS[driver].column:
        rows = [Entry.objects.filter(**{column: value}) for value in shown.chosen[driver]]
    else:
        rows = [EntryLabel.objects.filter(facet=driver, slug=value) for value in shown.chosen[driver]]
    return [(rest.narrow(one.public(channel=channel)).newest_first(), "pk" if column else "entry") for one in rows]


def first_of(stream, place, most):
    rows, key = stream
    return (older_than(rows, place) if place else rows).values(key)[:most]


def joined(found, more):
    """The keys of all streams; a union, since a database reads a whole table for one list or another."""
    if not more:
        return found
    first, *others = [Entry.objects.order_by().filter(pk__in=keys).values("pk") for keys in (found, *more)]
    return first.union(*others)


def older_than(rows, place):
    date, number = place
    # The first condition is what the index seeks by; the second alone would be read row by row.
    return rows.filter(date__lte=date).filter(Q(date__lt=date) | Q(number__lt=number))


def cut(rows, size, cursor):
    if len(rows) <= size:
        return Part(rows)
    return Part(rows[:size], cursor(rows[size - 1]), rows[size])


# --- By words ---------------------------------------------------------------------------------


def by_words(shown, before, *, size, channel, unread, is_ranked):
    """The same for a filter with words: the best first, or the newest."""
    entries = shown.unindexed(channel=channel).defer(*unread)
    after = hit_at(before) if before else None
    found = found_in_order(shown, entries, after=after, most=size + 1, is_ranked=is_ranked)
    page = cut(found, size, lambda pair: cursor_at(pair[0].tier, pair[0].date, pair[0].release))
    following = page.following[1] if page.following else None
    return Part([entry for _hit, entry in page.entries], page.cursor, following)


# --- The cursor: the place of the last entry shown --------------------------------------------


def cursor_of(entry):
    return cursor_at(entry.date, entry.number)


def cursor_at(*place):
    text = ".".join(map(str, place))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_at(cursor):
    """(date, number) that a cursor stands for; whatever else it may be is refused."""
    try:
        date, number = parts_of(cursor)
        return dt.date.fromisoformat(date), natural(number)
    except ValueError:
        raise no_page() from None


def hit_at(cursor):
    """The `Hit` that the cursor of a search stands for."""
    try:
        tier, date, release = parts_of(cursor)
        return Hit(natural(tier), dt.date.fromisoformat(date), natural(release))
    except ValueError:
        raise no_page() from None


def day_at(cursor, shown):
    """The date of the last entry on the page before, in a list that is not ranked."""
    return hit_at(cursor).date if shown.q else place_at(cursor)[0]


def parts_of(cursor):
    text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    return text.decode("ascii").split(".")


def natural(text):
    number = int(text)
    if not 0 <= number <= BIGGEST:
        raise ValueError(text)
    return number


def no_page():
    return BadFilter(_("“before” is not the address of a page."))
