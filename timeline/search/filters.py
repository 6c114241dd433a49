"""One `Filter` for page, feed, file, API and subscription: a query string, a queryset, a sentence, an address.

What is not understood is refused (`BadFilter`), never guessed; what is well formed and unknown finds
nothing. Parameters the site does not know are passed over and do not return in any address.
"""

import datetime as dt
import unicodedata
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from publishing.models import Entry, FacetCount

from .counting import (
    AXIS_FACETS,
    LABEL_FACETS,
    count_cells,
    count_matches,
    count_values,
    drop_facets,
    get_cells,
    load_countable,
    load_label_counts,
)
from .facets import FACETS, NAMED_FACETS, BadFilter, get_value_names_by_facet, sort_values
from .matching import INDEXED_FACETS, filter_by_words
from .paging import get_page_by_date, get_page_by_words

PAGE_SIZE = 25  # entries; in Russian, whose letters weigh double, that is a page of 8 kB
MAX_QUERY_LENGTH = 200
LIST_DEFERRED_FIELDS = ("words", "body")  # heavy columns that no list shows


@dataclass(frozen=True)
class EntryPage:
    """`next_address` leads to the older entries; None on the last page. `following` is the first of those."""

    entries: list
    next_address: str | None
    cursor: str = ""
    following: Entry | None = None


@dataclass(frozen=True)
class FilterChip:
    """An active filter: `address` is the list without it, `removal` says so aloud; `value` is "" for the query."""

    facet: str
    value: str
    word: str
    removal: str
    address: str


@dataclass(frozen=True)
class FacetChoice:
    """`address` adds the value to the filter, or takes it away where it is active; `count` None is not counted."""

    value: str
    label: str
    count: int | None
    active: bool
    address: str


@dataclass(frozen=True)
class Filter:
    """What a reader of one language asks of one situation, or of all (`situation` empty).

    `chosen` maps a facet to its values, sorted: one of the values of each facet has to be met.
    `since` marks what changed after a day, `order` is "date" for a search that is wanted newest first; neither
    narrows anything.
    """

    language: str
    situation: str = ""
    q: str = ""
    chosen: dict = field(default_factory=dict)
    since: dt.date | None = None
    order: str = ""
    # What was asked of the database, shared by all filters that are made from one: a page asks it once.
    known: dict = field(default_factory=dict, compare=False, repr=False)

    # --- From and to addresses ---

    @classmethod
    def read(cls, query, *, language, situation=None):
        """Reads a `QueryDict`; raises `BadFilter` with a sentence for what cannot be meant."""
        reject_control_characters(query)
        facets = [facet for name, facet in FACETS.items() if not (situation and name == "situation")]
        values = {facet.name: facet.read(query) for facet in facets}
        return cls(
            language=language,
            situation=situation or "",
            q=parse_query_text(query.get("q", "")),
            chosen={name: chosen for name, chosen in values.items() if chosen},
            since=parse_since(query.get("since", "")),
            order=parse_order(query.get("order", "")),
        )

    def query(self, **more):
        """The query string in the one order that all addresses keep, without “?”."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(name, value) for name in FACETS for value in self.chosen.get(name, ())]
        pairs += [("since", self.since.isoformat())] if self.since else []
        pairs += [("order", self.order)] if self.order and self.q else []
        return urlencode(pairs + [pair for pair in more.items() if pair[1]])

    def address(self, *, before=None, **changes):
        """The list page of this filter, or of the one with some facets changed: a value, several, or None."""
        return self.address_of("", before=before, **changes)

    def address_of(self, name, *, before=None, **changes):
        """The address of a sister of the list page, such as “feed.atom” or “export.csv”, with the same query."""
        changed = self.changed(**({"order": None} if name else {}) | changes)
        query = changed.query(before=before)
        return f"/{self.language}/{self.situation or 'search'}/{name}" + (f"?{query}" if query else "")

    def changed(self, **changes):
        """This filter with some facets (or `q`, `since`, `order`) set to other values; None or nothing removes one."""
        parts = {name: changes.pop(name) for name in ("q", "since", "order") if name in changes}
        chosen = self.chosen | {name: to_sorted_tuple(values) for name, values in changes.items()}
        return replace(
            self,
            q=(parts["q"] or "") if "q" in parts else self.q,
            since=parts.get("since", self.since),
            order=parts.get("order", self.order) or "",
            chosen={name: values for name, values in chosen.items() if values},
        )

    @property
    def is_empty(self):
        return not (self.q or self.chosen)

    @property
    def is_ranked(self):
        """Whether the list shows what was searched for best first, not newest first."""
        return bool(self.q) and self.order != "date"

    # --- Entries ---

    def entries(self, *, channel="site"):
        """The public updates, testimonies and news that match, newest first."""
        if self.q:
            return filter_by_words(self.filter_unindexed(channel=channel), self)
        return self.narrow(Entry.objects.public(channel=channel)).newest_first()

    def filter_unindexed(self, *, channel):
        """The entries that match in what the index of words does not know: language, moment, channel, own text."""
        chosen = {name: values for name, values in self.chosen.items() if name not in INDEXED_FACETS}
        return replace(self, q="", situation="", chosen=chosen).entries(channel=channel)

    def narrow(self, rows):
        """Those of the rows (entries, or labels, which repeat their columns) that match in all but the words."""
        rows = rows.filter(language=self.language).exclude(section="")
        if self.situation:
            rows = rows.filter(situation=self.situation)
        for name, values in self.chosen.items():
            rows = FACETS[name].narrow(rows, values)
        return rows

    def page(self, before=None, *, size=None, channel="site", unread=LIST_DEFERRED_FIELDS, is_ranked=False):
        """At most `size` (or PAGE) entries after the cursor; `unread` names columns that are not fetched."""
        asked = {"size": size or PAGE_SIZE, "channel": channel, "unread": unread}
        part = (
            get_page_by_words(self, before, is_ranked=is_ranked, **asked)
            if self.q
            else get_page_by_date(self, before, **asked)
        )
        next_address = self.address(before=part.cursor) if part.cursor else None
        return EntryPage(part.entries, next_address, part.cursor, part.following)

    def count(self):
        """How many entries match, read from the kept counts wherever they tell; None where many are found."""
        return count_matches(self)

    def facet_counts(self):
        tallies = FacetCount.objects.public().filter(language=self.language)
        return tallies.filter(situation=self.situation) if self.situation else tallies

    @property
    def is_countable(self):
        """Whether what a search finds is counted: it is little, or part of what is."""
        load_countable([self])
        return any(self.known.get(shown.key("few")) for shown in (drop_facets(self, *AXIS_FACETS), self))

    @property
    def cells(self):
        """What `counting` counts by, of all that matches but for kind and the like; None where much is found."""
        return drop_facets(self, *AXIS_FACETS).once("cells", get_cells)

    @property
    def exact_cells(self):
        """The same of what matches in everything."""
        return self.once("own cells", count_cells)

    def once(self, name, ask):
        key = self.key(name)
        if key not in self.known:
            self.known[key] = ask(self)
        return self.known[key]

    def key(self, name):
        return name, self.language, self.situation, self.query()

    # --- Words ---

    def choices(self, facet):
        """The values of a facet that would find something if it were asked for alone beside the other facets."""
        found, is_counted = self.found(facet)
        names = self.names(facet, list(found))
        said = found if is_counted else dict.fromkeys(found)
        return [self.choice(facet, value, names[value], said[value]) for value in sort_values(facet, found, names)]

    def found(self, facet):
        """(value -> how many entries, whether those are what would be found): where many are found none are counted."""
        counted = count_values(self, facet)
        known = count_values(self.countable_filter, facet) if counted is None else counted
        return dict.fromkeys(self.chosen.get(facet, ()), 0) | known, counted is not None

    @property
    def countable_filter(self):
        """The nearest filter whose choices are counted however much it finds, all in one query."""
        return drop_facets(self.changed(q=None), *LABEL_FACETS)

    def load_counts(self, facets):
        """Asks at once what the choices of several facets need to know, where each would ask for itself."""
        labels = [facet for facet in facets if facet in LABEL_FACETS]
        if self.count() == 0:  # beside nothing there is nothing
            self.known.update({self.key(f"count {facet}"): {} for facet in labels if facet not in self.chosen})
        load_label_counts(
            self, [facet for facet in labels if drop_facets(self, facet).key(f"count {facet}") not in self.known]
        )
        if many := [facet for facet in labels if count_values(self, facet) is None]:
            load_label_counts(self.countable_filter, many)
        self.load_names({facet: list(self.found(facet)[0]) for facet in labels if facet in NAMED_FACETS})

    def names(self, facet, values):
        """Value -> how readers call it."""
        # Whoever asks for the names of one facet will ask for those of the other.
        beside = {name: self.chosen.get(name, ()) for name in NAMED_FACETS if facet in NAMED_FACETS}
        self.load_names(beside | {facet: values})
        return self.known["names", facet, self.language]

    def load_names(self, wanted):
        """Facet -> values whose names are asked for, unless they are known."""
        names = {facet: self.known.setdefault(("names", facet, self.language), {}) for facet in wanted}
        new = {facet: [value for value in values if value not in names[facet]] for facet, values in wanted.items()}
        for facet, words in get_value_names_by_facet(new, language=self.language).items():
            names[facet].update(words)

    def choice(self, facet, value, name, count):
        return FacetChoice(value, name, count, value in self.chosen.get(facet, ()), self.toggle_address(facet, value))

    def toggle_address(self, facet, value):
        return self.address(**{facet: set(self.chosen.get(facet, ())) ^ {value}})

    def chips(self):
        """The active filters, each with the address of the list without it."""
        chips = [FilterChip("q", "", quote_words(self.q), REMOVE_QUERY_LABEL, self.address(q=None))] if self.q else []
        for facet, values in self.chosen.items():
            names = self.names(facet, values)
            removal = FACETS[facet].removal
            chips += [
                FilterChip(facet, value, names[value], removal, self.toggle_address(facet, value)) for value in values
            ]
        return chips

    def said(self, facet):
        """The chosen values of a facet, such as Statement or Report."""
        values = self.chosen[facet]
        names = self.names(facet, values)
        return pgettext("between values of a filter", " or ").join(names[value] for value in values)

    def words(self):
        """The filter as a sentence in the active language, such as “torture”; Kind: Statement or Report."""
        parts = [quote_words(self.q)] if self.q else []
        for facet in self.chosen:
            parts.append(_("%(facet)s: %(values)s") % {"facet": FACETS[facet].word, "values": self.said(facet)})
        return pgettext("between parts of a filter", "; ").join(parts) or _("All updates and testimonies")


REMOVE_QUERY_LABEL = gettext_lazy("Remove")


def quote_words(text):
    return _("“%(words)s”") % {"words": text}


# --- Reading ----------------------------------------------------------------------------------


def reject_control_characters(query):
    """A NUL, a control character or half a surrogate pair is no reader's typing, in whichever parameter."""
    for name, values in query.lists():
        if any(map(is_control_character, name + "".join(values))):
            raise BadFilter(_("The address contains a control character."))


def is_control_character(letter):
    return not letter.isspace() and unicodedata.category(letter) in {"Cc", "Cs"}


def parse_query_text(text):
    words = " ".join(text.split())
    if len(words) > MAX_QUERY_LENGTH:
        raise BadFilter(_("The search is longer than %(most)d characters.") % {"most": MAX_QUERY_LENGTH})
    return words


def parse_since(text):
    """The day of “since”; None for nothing."""
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadFilter(_("“since” is not a day such as 2020-08-14.")) from None


def parse_order(text):
    """ "date" or nothing; best first is how a search is shown, and newest first how everything else is."""
    if text not in {"", "date"}:
        raise BadFilter(_("“order” can only be “date”."))
    return text


def to_sorted_tuple(values):
    """A value, several or None, as the sorted tuple that a filter keeps."""
    if not values:
        return ()
    return (values,) if isinstance(values, str) else tuple(sorted(values))
