"""How many entries a filter finds, and how many each choice beside it would.

The counts kept at release tell for nearly all that readers ask. For everything else entries are counted, once for all
choices. What a search finds, or several labels together, is counted while it is little; above that nothing is said, as
counting costs what is found.
"""

from collections import Counter
from functools import cached_property

from .live_counts import count_cells, group_counts_by_facet, query_label_counts
from .matching import are_countable
from .stored_counts import (
    AXIS_FACETS,
    LABEL_FACETS,
    count_values_alone,
    filter_cells,
    get_stored_cells,
    get_stored_label_counts,
    has_stored_cells,
)


class FacetCounts:
    """The counts beside one filter, each asked for when it is needed and once.

    `facets` are those whose values will be wanted: what the first of them needs is asked for together with what the
    others need. `memo` holds what is known, shared by the counts of all filters that are made from one (`beside`).
    """

    def __init__(self, query_filter, *, facets=(), memo=None):
        self.query_filter = query_filter
        self.facets = facets
        self.memo = {} if memo is None else memo

    def beside(self, query_filter):
        """The counts of another filter, made from this one."""
        return FacetCounts(query_filter, memo=self.memo)

    def get_or_load(self, name, load):
        key = (name, *self.query_filter.cache_key)
        if key not in self.memo:
            self.memo[key] = load(self.query_filter)
        return self.memo[key]

    # --- What is asked of it ---

    def count(self):
        """How many entries match; None where more are found than are counted."""
        cells = self.choose_cells()
        return None if cells is None else sum(n for _cell, n in filter_cells(cells, self.query_filter.chosen))

    def count_values(self, facet):
        """Value -> how many entries carry it, of those that match in all other facets; None where many are found."""
        if facet in AXIS_FACETS:
            return self.count_along_axis(facet)
        if self.get_label_key(facet) not in self.memo:
            self.load_labels([*self.facets, facet])
        return self.memo[self.get_label_key(facet)]

    def get_choice_counts(self, facet):
        """(value -> how many entries, whether those are what would be found): where many are found none are counted."""
        counted = self.count_values(facet)
        known = self.countable.count_values(facet) if counted is None else counted
        return dict.fromkeys(self.query_filter.chosen.get(facet, ()), 0) | known, counted is not None

    def count_values_alone(self, pairs):
        """(facet, value) -> how many entries have that value, whatever else is chosen; for all but situations."""
        return count_values_alone(self.query_filter, pairs)

    @cached_property
    def countable(self):
        """The counts of the nearest filter whose choices are counted however much it finds, all in one query."""
        counts = self.beside(self.query_filter.changed(q=None).without(*LABEL_FACETS))
        counts.load_label_counts([name for name in self.label_facets if self.count_values(name) is None])
        return counts

    # --- Cells ---

    @property
    def cells(self):
        """The cells of all that matches but for the axes; None where too much is found for that."""
        self.load_countable([self.query_filter])
        return self.beside(self.query_filter.without(*AXIS_FACETS)).get_or_load("cells", self.load_cells)

    @property
    def exact_cells(self):
        """The same of what matches in everything."""
        return self.get_or_load("exact cells", self.load_exact_cells)

    def load_cells(self, query_filter):
        if has_stored_cells(query_filter):
            return get_stored_cells(query_filter)
        return self.load_exact_cells(query_filter)

    def load_exact_cells(self, query_filter):
        return count_cells(query_filter) if self.beside(query_filter).is_countable else None

    def choose_cells(self):
        """The cells that tell what is found: of all beside the axes, else its own; None where both are too much."""
        return self.cells if self.cells is not None else self.exact_cells

    def count_along_axis(self, facet):
        chosen = self.query_filter.chosen
        cells = self.exact_cells if self.cells is None and facet not in chosen else self.cells
        if cells is None:
            return None
        found = Counter()
        for cell, n in filter_cells(cells, {name: values for name, values in chosen.items() if name != facet}):
            found[cell[facet]] += n
        return {value: n for value, n in found.items() if value not in {"", "-"}}

    # --- Whether what a search finds is counted ---

    @property
    def is_countable(self):
        """Whether what is found is little, or part of what is; always where nothing is searched for."""
        self.load_countable([self.query_filter])
        related = (self.query_filter.without(*AXIS_FACETS), self.query_filter)
        return not self.query_filter.q or any(self.memo["countable", *one.cache_key] for one in related)

    def load_countable(self, filters):
        """Finds that out for several filters in one query."""
        searches = [one for one in filters if one.q]
        related = [*(one.without(*AXIS_FACETS) for one in searches), *searches]
        new = {key: one for one in related if (key := ("countable", *one.cache_key)) not in self.memo}
        self.memo |= zip(new, are_countable(list(new.values())), strict=True)

    # --- Labels ---

    @property
    def label_facets(self):
        return [facet for facet in self.facets if facet in LABEL_FACETS]

    def get_label_key(self, facet):
        return ("count", facet, *self.query_filter.without(facet).cache_key)

    def load_labels(self, facets):
        """Counts the values of the labels among some facets that are not known yet."""
        new = {facet for facet in facets if facet in LABEL_FACETS and self.get_label_key(facet) not in self.memo}
        if self.facets and self.count() == 0:  # beside nothing there is nothing
            nothing = new - self.query_filter.chosen.keys()
            self.memo |= {self.get_label_key(facet): {} for facet in nothing}
            new -= nothing
        self.load_label_counts([facet for facet in LABEL_FACETS if facet in new])

    def load_label_counts(self, facets):
        """Counts the values of several labels, in one query all those that have to be counted one by one."""
        groups = self.group_by_remaining_filter(facets)
        stored = [None if others.q else self.get_stored(others, names) for others, names in groups]
        is_much = None in stored and self.count() is None  # then without one of its conditions it is no less
        if not is_much:
            self.load_countable([others for others, _names in groups])
        found, one_by_one = {}, []
        for (others, names), rows in zip(groups, stored, strict=True):
            if rows is not None:
                found |= group_counts_by_facet(names, rows)
            elif is_much or not self.beside(others).is_countable:
                found |= dict.fromkeys(names)
            else:
                found |= self.beside(others).count_own_texts(names)
                one_by_one.append((others, [name for name in names if name not in found]))
        found |= query_label_counts(one_by_one)
        self.memo |= {self.get_label_key(facet): found[facet] for facet in facets}

    def group_by_remaining_filter(self, facets):
        """(the filter without them, facets): those that are not chosen are all counted beside the same."""
        groups = {}
        for facet in facets:
            others = self.query_filter.without(facet)
            groups.setdefault(others.cache_key, (others, []))[1].append(facet)
        return list(groups.values())

    def get_stored(self, query_filter, facets):
        return get_stored_label_counts(query_filter, facets, get_cells=lambda: self.beside(query_filter).cells)

    def count_own_texts(self, facets):
        """The counts of own texts where the cells were counted, and these with them; nothing where they were kept."""
        if "text" not in facets:
            return {}
        cells = self.choose_cells()
        if not cells or "text" not in cells[0][0]:
            return {}
        found = sum(n for cell, n in filter_cells(cells, self.query_filter.chosen) if cell["text"])
        return {"text": {"own": found} if found else {}}
