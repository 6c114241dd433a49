"""One `Filter` for page, feed, file, API and subscription: what a query string asks for, as a value.

What is not understood is refused (`BadFilter`), never guessed; what is well formed and unknown finds
nothing. Parameters the site does not know are passed over and do not return in any address.
Not here: what it finds (`results.py`), how much (`facet_counts.py`), how readers are told of it (`filter_words.py`).
"""

import datetime as dt
import unicodedata
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from .facets import FACETS, BadFilter

MAX_QUERY_LENGTH = 200


@dataclass(frozen=True)
class Filter:
    """What a reader of one language asks of one situation, or of all (`situation` empty). It asks no database.

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

    @classmethod
    def from_query(cls, query, *, language, situation=None):
        """Reads a `QueryDict`; raises `BadFilter` with a sentence for what cannot be meant."""
        reject_control_characters(query)
        facets = [facet for name, facet in FACETS.items() if not (situation and name == "situation")]
        values = {facet.name: facet.parse_values(query) for facet in facets}
        return cls(
            language=language,
            situation=situation or "",
            q=parse_query_text(query.get("q", "")),
            chosen={name: chosen for name, chosen in values.items() if chosen},
            since=parse_since(query.get("since", "")),
            order=parse_order(query.get("order", "")),
        )

    @property
    def is_empty(self):
        return not (self.q or self.chosen)

    @property
    def is_ranked(self):
        """Whether the list shows what was searched for best first, not newest first."""
        return bool(self.q) and self.order != "date"

    @cached_property
    def cache_key(self):
        """Equal for filters that are equal; to keep by it what was found for one."""
        return self.language, self.situation, self.query()

    # --- Another filter from this one ---

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

    def without(self, *facets):
        """The filter without some facets; itself where it has none of them."""
        return self.changed(**dict.fromkeys(facets)) if self.chosen.keys() & set(facets) else self

    def toggled(self, facet, value):
        """The filter with one more value of a facet, or without it where it is chosen."""
        return self.changed(**{facet: set(self.chosen.get(facet, ())) ^ {value}})

    def cleared(self, **changes):
        """The filter without words and facets, but for those that are given."""
        return self.changed(**{"q": None} | dict.fromkeys(self.chosen) | changes)

    # --- Its addresses ---

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


# --- Parsing ----------------------------------------------------------------------------------


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
