"""A filter as its readers are told of it, in their language: a sentence, chips to take off, choices to add."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from .facets import FACETS, NAMED_FACETS, get_value_names_by_facet, sort_values

REMOVE_QUERY_LABEL = gettext_lazy("Remove")


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


class FilterWords:
    """The words of one filter. What values are called is asked for when it is needed and once.

    Choices need `counts`, the `FacetCounts` of the filter; names of all that these count are then asked for at once.
    """

    def __init__(self, query_filter, *, counts=None):
        self.query_filter = query_filter
        self.counts = counts
        self.names = {}  # facet -> value -> how readers call it

    def describe(self):
        """The filter as a sentence in the active language, such as “torture”; Kind: Statement or Report."""
        parts = [quote_words(self.query_filter.q)] if self.query_filter.q else []
        for facet in self.query_filter.chosen:
            values = self.describe_facet(facet)
            parts.append(_("%(facet)s: %(values)s") % {"facet": FACETS[facet].label, "values": values})
        return pgettext("between parts of a filter", "; ").join(parts) or _("All updates and testimonies")

    def describe_facet(self, facet):
        """The chosen values of a facet, such as Statement or Report."""
        values = self.query_filter.chosen[facet]
        names = self.get_names(facet, values)
        return pgettext("between values of a filter", " or ").join(names[value] for value in values)

    def build_chips(self):
        """The active filters, each with the address of the list without it."""
        query = self.query_filter.q
        address = self.query_filter.address(q=None)
        chips = [FilterChip("q", "", quote_words(query), REMOVE_QUERY_LABEL, address)] if query else []
        return chips + [
            FilterChip(facet, value, name, FACETS[facet].removal, self.query_filter.toggled(facet, value).address())
            for facet, values in self.query_filter.chosen.items()
            for value, name in self.get_names(facet, values).items()
        ]

    def get_choices(self, facet):
        """The values of a facet that would find something if it were asked for alone beside the other facets."""
        found, is_counted = self.counts.get_choice_counts(facet)
        names = self.get_names(facet, found)
        values = sort_values(facet, found, names)
        return [self.build_choice(facet, value, names[value], found[value] if is_counted else None) for value in values]

    def build_choice(self, facet, value, name, count):
        active = value in self.query_filter.chosen.get(facet, ())
        return FacetChoice(value, name, count, active, self.query_filter.toggled(facet, value).address())

    # --- Names ---

    def get_names(self, facet, values):
        """Value -> how readers call it."""
        names = self.names.setdefault(facet, {})
        if not names.keys() >= set(values):
            self.load_names(facet, values)
        return {value: names[value] for value in values}

    def load_names(self, facet, values):
        wanted = {facet: values}
        if facet in NAMED_FACETS:  # whoever asks for the names of one will ask for those of the other
            wanted = {name: set(self.get_shown_values(name)) for name in NAMED_FACETS}
            wanted[facet] |= set(values)
        for name, words in get_value_names_by_facet(wanted, language=self.query_filter.language).items():
            self.names.setdefault(name, {}).update(words)

    def get_shown_values(self, facet):
        """Those that are chosen, and those that can be."""
        if self.counts and facet in self.counts.facets:
            return self.counts.get_choice_counts(facet)[0].keys()
        return self.query_filter.chosen.get(facet, ())


def quote_words(text):
    return _("“%(words)s”") % {"words": text}
