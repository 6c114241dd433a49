"""One `Filter` for page, feed, file, API and subscription: a query string, a queryset, a sentence, an address.

What is not understood is refused (`BadFilter`), never guessed; what is well formed and unknown finds
nothing. Parameters the site does not know are passed over and do not return in any address.
"""

import base64
import datetime as dt
import unicodedata
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from publishing.models import Entry, Tally

from .counting import cells_of, counts, total
from .facets import FACETS, BadFilter, in_order, words_for
from .search import matching

PAGE = 40
QUERY_LENGTH = 200
BIGGEST = 2**63 - 1
UNSHOWN = ("words", "body")  # heavy columns that no list shows


@dataclass(frozen=True)
class Page:
    """`next_address` leads to the older entries; None on the last page. `following` is the first of those."""

    entries: list
    next_address: str | None
    cursor: str = ""
    following: Entry | None = None


@dataclass(frozen=True)
class Chip:
    """An active filter: `address` is the list without it, `removal` says so aloud; `value` is "" for the query."""

    facet: str
    value: str
    word: str
    removal: str
    address: str


@dataclass(frozen=True)
class Choice:
    """`address` adds the value to the filter, or takes it away where it is active."""

    value: str
    label: str
    count: int
    active: bool
    address: str


@dataclass(frozen=True)
class Filter:
    """What a reader of one language asks of one situation, or of all (`situation` empty).

    `chosen` maps a facet to its values, sorted: one of the values of each facet has to be met.
    `since` marks what changed after a day and narrows nothing.
    """

    language: str
    situation: str = ""
    q: str = ""
    chosen: dict = field(default_factory=dict)
    since: dt.date | None = None

    # --- From and to addresses ---

    @classmethod
    def read(cls, query, *, language, situation=None):
        """Reads a `QueryDict`; raises `BadFilter` with a sentence for what cannot be meant."""
        refuse_control_characters(query)
        facets = [facet for name, facet in FACETS.items() if not (situation and name == "situation")]
        values = {facet.name: facet.read(query) for facet in facets}
        return cls(
            language=language,
            situation=situation or "",
            q=read_words(query.get("q", "")),
            chosen={name: chosen for name, chosen in values.items() if chosen},
            since=read_day(query.get("since", "")),
        )

    def query(self, **more):
        """The query string in the one order that all addresses keep, without “?”."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(name, value) for name in FACETS for value in self.chosen.get(name, ())]
        pairs += [("since", self.since.isoformat())] if self.since else []
        return urlencode(pairs + [pair for pair in more.items() if pair[1]])

    def address(self, *, before=None, **changes):
        """The list page of this filter, or of the one with some facets changed: a value, several, or None."""
        return self.address_of("", before=before, **changes)

    def address_of(self, name, *, before=None, **changes):
        """The address of a sister of the list page, such as “feed.atom” or “export.csv”, with the same query."""
        changed = self.changed(**changes)
        query = changed.query(before=before)
        return f"/{self.language}/{self.situation or 'search'}/{name}" + (f"?{query}" if query else "")

    def changed(self, **changes):
        """This filter with some facets (or `q`, `since`) set to other values; None or nothing removes one."""
        parts = {name: changes.pop(name) for name in ("q", "since") if name in changes}
        chosen = self.chosen | {name: several(values) for name, values in changes.items()}
        return replace(
            self,
            q=(parts["q"] or "") if "q" in parts else self.q,
            since=parts.get("since", self.since),
            chosen={name: values for name, values in chosen.items() if values},
        )

    def in_language(self, language):
        return replace(self, language=language)

    @property
    def is_empty(self):
        return not (self.q or self.chosen)

    # --- Entries ---

    def entries(self, *, channel="site"):
        """The public updates, testimonies and news that match, newest first."""
        entries = Entry.objects.public(channel=channel).filter(language=self.language).exclude(section="")
        if self.situation:
            entries = entries.filter(situation=self.situation)
        for name, values in self.chosen.items():
            entries = FACETS[name].narrow(entries, values)
        if self.q:
            entries = matching(entries, self.q)
        return entries.newest_first()

    def page(self, before=None, *, size=None, channel="site", unread=UNSHOWN):
        """At most `size` (or PAGE) entries older than the cursor; `unread` names columns that are not fetched."""
        size = size or PAGE
        entries = self.entries(channel=channel)
        if before:
            entries = older_than(entries, before)
        # Which they are is read from the index alone; then only those few rows are fetched.
        here = Entry.objects.filter(pk__in=entries.values("pk")[: size + 1])
        shown = list(here.newest_first().defer(*unread))
        more = len(shown) > size
        cursor = cursor_of(shown[size - 1]) if more else ""
        following = shown[size] if more else None
        return Page(shown[:size], self.address(before=cursor) if more else None, cursor, following)

    def count(self):
        """How many entries match; read from the kept counts wherever they tell."""
        return total(self)

    def tallies(self):
        tallies = Tally.objects.public().filter(language=self.language)
        return tallies.filter(situation=self.situation) if self.situation else tallies

    @cached_property
    def cells(self):
        """What `counting` counts by, read once for all choices beside a list."""
        return cells_of(self)

    # --- Words ---

    def choices(self, facet):
        """The values of a facet that would find something if it were asked for alone beside the other facets."""
        found = dict.fromkeys(self.chosen.get(facet, ()), 0) | counts(self, facet)
        names = words_for(facet, list(found), language=self.language)
        return [self.choice(facet, value, names[value], found[value]) for value in in_order(facet, found, names)]

    def choice(self, facet, value, name, count):
        return Choice(value, name, count, value in self.chosen.get(facet, ()), self.toggled(facet, value))

    def toggled(self, facet, value):
        return self.address(**{facet: set(self.chosen.get(facet, ())) ^ {value}})

    def chips(self):
        """The active filters, each with the address of the list without it."""
        chips = [Chip("q", "", quoted(self.q), REMOVE_WORDS, self.address(q=None))] if self.q else []
        for facet, values in self.chosen.items():
            names = words_for(facet, values, language=self.language)
            removal = FACETS[facet].removal
            chips += [Chip(facet, value, names[value], removal, self.toggled(facet, value)) for value in values]
        return chips

    def words(self):
        """The filter as a sentence in the active language, such as “torture”; Kind: Statement or Report."""
        parts = [quoted(self.q)] if self.q else []
        for facet, values in self.chosen.items():
            names = words_for(facet, values, language=self.language)
            said = pgettext("between values of a filter", " or ").join(names[value] for value in values)
            parts.append(_("%(facet)s: %(values)s") % {"facet": FACETS[facet].word, "values": said})
        return pgettext("between parts of a filter", "; ").join(parts) or _("All updates and testimonies")


REMOVE_WORDS = gettext_lazy("Remove")


def quoted(text):
    return _("“%(words)s”") % {"words": text}


# --- Reading ----------------------------------------------------------------------------------


def refuse_control_characters(query):
    """A NUL, a control character or half a surrogate pair is no reader's typing, in whichever parameter."""
    for name, values in query.lists():
        if any(map(is_control, name + "".join(values))):
            raise BadFilter(_("The address carries a control character."))


def is_control(letter):
    return not letter.isspace() and unicodedata.category(letter) in {"Cc", "Cs"}


def read_words(text):
    words = " ".join(text.split())
    if len(words) > QUERY_LENGTH:
        raise BadFilter(_("The search is longer than %(most)d characters.") % {"most": QUERY_LENGTH})
    return words


def read_day(text):
    """The day of “since”; None for nothing."""
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadFilter(_("“since” is not a day such as 2020-08-14.")) from None


def several(values):
    """A value, several or None, as the sorted tuple that a filter keeps."""
    if not values:
        return ()
    return (values,) if isinstance(values, str) else tuple(sorted(values))


# --- The cursor: the place of the last entry shown --------------------------------------------


def cursor_of(entry):
    place = f"{entry.date.isoformat()}.{entry.number}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place_at(cursor):
    """(date, number) that a cursor stands for; whatever else it may be is refused."""
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        date, _dot, number = place.partition(".")
        place = dt.date.fromisoformat(date), int(number)
    except ValueError:
        raise BadFilter(_("“before” is not the address of a page.")) from None
    if not 0 <= place[1] <= BIGGEST:
        raise BadFilter(_("“before” is not the address of a page."))
    return place


def older_than(entries, cursor):
    date, number = place_at(cursor)
    # The first condition is what the index seeks by; the second alone would be read row by row.
    return entries.filter(date__lte=date).filter(Q(date__lt=date) | Q(number__lt=number))
