"""Counts as they are kept at release: any mix of kind, year, language, section and situation, and one tag, partner or
month beside those. One query each, which reads no entry.

Not here: when they tell and when entries have to be counted (`facet_counts.py`).
"""

from django.db.models import Sum

from publishing.models import FacetCount

from .facets import FACETS, build_group_key

CELL_FACETS = ("kind", "year", "in")  # in the order in which `publishing.workflow.facet_counts` writes them
PLACE_FACETS = ("section", "situation")  # columns of every kept count
AXIS_FACETS = (*CELL_FACETS, *PLACE_FACETS)
LABEL_FACETS = ("tag", "partner", "text", "month")  # in the order in which kept counts are crossed


def get_stored_counts(query_filter):
    """All kept counts of the filter's language and situation, whatever it narrows."""
    counts = FacetCount.objects.public().filter(language=query_filter.language)
    return counts.filter(situation=query_filter.situation) if query_filter.situation else counts


def filter_by_place(query_filter):
    """Those of the sections and situations that the filter names."""
    places = {f"{name}__in": query_filter.chosen[name] for name in PLACE_FACETS if name in query_filter.chosen}
    return get_stored_counts(query_filter).filter(**places)


def has_one_value(query_filter, facet):
    """Of several tags an entry may carry both, so that their counts do not add up."""
    return len(query_filter.chosen[facet]) == 1


# --- Cells: entries by kind, year, language, section and situation ----------------------------


def has_stored_cells(query_filter):
    """Whether the cells of a filter without values on the axes are kept: it has one label, or none."""
    values = list(map(len, query_filter.chosen.values()))
    return not query_filter.q and values in ([], [1]) and query_filter.chosen.keys() <= set(LABEL_FACETS)


def get_stored_cells(query_filter):
    """[(the values of one cell by facet, how many entries)]"""
    facet, label = next(((f"cube/{name}", value) for name, (value,) in query_filter.chosen.items()), ("cube", ""))
    rows = get_stored_counts(query_filter).filter(facet=facet, label=label)
    cells = rows.values_list(*map(build_group_key, ("value", *PLACE_FACETS))).annotate(Sum("n"))
    return [(dict(zip(AXIS_FACETS, (*value.split(" "), *places), strict=True)), n) for value, *places, n in cells]


def filter_cells(cells, chosen):
    """Those of the cells that have one of the chosen values on each axis."""
    asked = [(name, values) for name, values in chosen.items() if name in AXIS_FACETS]
    return [(cell, n) for cell, n in cells if all(cell[name] in values for name, values in asked)]


# --- Labels -----------------------------------------------------------------------------------


def get_stored_label_counts(query_filter, facets, *, get_cells):
    """(facet, value, how many) of labels among what the filter finds; None where no kept count tells.

    `get_cells` is asked for the cells of everything but the axes where the filter has values on these.
    """
    asked = query_filter.chosen.keys() - PLACE_FACETS
    if not asked:
        rows = filter_by_place(query_filter).filter(facet__in=facets)
        return rows.values_list("facet", "value").annotate(Sum("n"))
    if asked <= set(CELL_FACETS):
        return get_stored_counts_in_cells(query_filter, facets, filter_cells(get_cells(), query_filter.chosen))
    (name, *more) = asked
    is_pair = not more and name in LABEL_FACETS and has_one_value(query_filter, name)
    return get_stored_pair_counts(query_filter, facets, name) if is_pair else None


def get_stored_counts_in_cells(query_filter, facets, cells):
    values = {" ".join(cell[name] for name in CELL_FACETS) for cell, _n in cells}
    names = [f"cube/{facet}" for facet in facets]
    rows = sum_by_column(filter_by_place(query_filter).filter(facet__in=names, value__in=values), "label")
    return [(facet.partition("/")[2], value, n) for facet, value, n in rows]


def get_stored_pair_counts(query_filter, facets, label):
    """Labels beside one label of another facet: that which stands first in LABEL_FACETS is kept as the label of a
    count."""
    (value,), rank = query_filter.chosen[label], LABEL_FACETS.index
    later = {f"{label}/{facet}": facet for facet in facets if rank(facet) > rank(label)}
    earlier = {f"{facet}/{label}": facet for facet in facets if rank(facet) < rank(label)}
    counts = filter_by_place(query_filter)
    rows = sum_by_column(counts.filter(facet__in=later, label=value), "value")
    # Two questions put as one, since one with “or” in it would be answered from no index.
    rows = rows.union(sum_by_column(counts.filter(facet__in=earlier, value=value), "label"), all=True)
    return [((later | earlier)[facet], found, n) for facet, found, n in rows]


def sum_by_column(rows, column):
    """(facet, value of the column, how many)."""
    return rows.values_list(build_group_key("facet"), build_group_key(column)).annotate(Sum("n"))


# --- Everything else beside the filter --------------------------------------------------------


def count_sections(query_filter):
    """Section -> how many entries it has in the filter's language and situation, all that it narrows aside."""
    counts = get_stored_counts(query_filter)
    return {"updates": 0, "stories": 0, "news": 0} | FACETS["section"].sum_stored_counts(counts)


def count_values_alone(query_filter, pairs):
    """(facet, value) -> how many entries have that value, whatever else is chosen; for all but situations."""
    if not pairs:
        return {}
    facets, values = ({pair[place] for pair in pairs} for place in (0, 1))
    rows = get_stored_counts(query_filter).filter(facet__in=facets, value__in=values)
    found = {(facet, value): n for facet, value, n in rows.values_list("facet", "value").annotate(Sum("n"))}
    return {pair: found.get(pair, 0) for pair in pairs}
