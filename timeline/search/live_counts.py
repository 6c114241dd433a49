"""Entries counted one by one, where no kept count tells; all choices in one query, and only while it is little.

Not here: whether a search finds little (`matching.are_countable`), and what is remembered of it (`facet_counts.py`).
"""

from django.db.models import Count, Exists, OuterRef

from publishing.models import EntryFacet

from .facets import FACETS, build_group_key, count_labels, count_months, count_rows, get_entry_column
from .matching import MAX_COUNTED
from .results import FilterResults, filter_rows
from .stored_counts import AXIS_FACETS, LABEL_FACETS, has_one_value

SELECTIVE_FACETS = ("partner", "tag", "text")


def get_countable_entries(query_filter):
    """What matches, to be counted: of several labels together at most one more than is counted."""
    rows = get_matching_rows(query_filter)
    if not has_several_labels(query_filter):
        return rows
    return rows.model.objects.filter(pk__in=rows.order_by().values("pk")[: MAX_COUNTED + 1])


def has_several_labels(query_filter):
    """Whether, without words, several labels are asked for, whose counts beside each other nobody keeps."""
    return not query_filter.q and sum(len(query_filter.chosen.get(name, ())) for name in LABEL_FACETS) > 1


def get_matching_rows(query_filter):
    """The entries that match, or their labels where one tag or partner is chosen: those alone need not be searched."""
    chosen = [name for name in SELECTIVE_FACETS if name in query_filter.chosen and has_one_value(query_filter, name)]
    if query_filter.q or not chosen:
        return FilterResults(query_filter).entries()
    labels = EntryFacet.objects.public().filter(facet=chosen[0], slug=query_filter.chosen[chosen[0]][0])
    return filter_rows(labels, query_filter.without(chosen[0]))


def count_cells(query_filter):
    """[(the values of one cell by facet, “text” among them, how many entries)]; None where too many are found."""
    entries = get_countable_entries(query_filter)
    columns = [build_group_key(FACETS[name].column) for name in AXIS_FACETS]
    own = EntryFacet.objects.filter(facet="text", entry=OuterRef(get_entry_column(entries)))
    rows = list(entries.order_by().values_list(*columns, Exists(own)).annotate(Count("pk")))
    if has_several_labels(query_filter) and sum(n for *_values, n in rows) > MAX_COUNTED:
        return None
    return [
        (dict(zip(AXIS_FACETS, values, strict=True)) | {"text": "own" if is_own else ""}, n)
        for *values, is_own, n in rows
    ]


def query_label_counts(groups):
    """Facet -> its counts beside the filter that it stands with in (filter, facets); None where that finds too much."""
    parts, among = [], {}
    for number, (others, names) in enumerate(groups):
        if names:
            parts += build_label_queries(others, names, number=f"{number}")
            among |= dict.fromkeys(names, f"{number}")
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else (*parts, ())[0]
    found = group_counts_by_facet({*among, *among.values()}, rows)
    return {name: found[name] if found[number].get("", 0) <= MAX_COUNTED else None for name, number in among.items()}


def build_label_queries(query_filter, facets, *, number):
    """Queries for (facet, value, how many), and where that may be too much for (`number`, "", how many in all)."""
    entries = get_countable_entries(query_filter)
    labels = [facet for facet in facets if facet != "month"]
    parts = [count_labels(entries, labels)] if labels else []
    parts += [count_months(entries)] if "month" in facets else []
    return parts + ([count_rows(entries, number)] if has_several_labels(query_filter) else [])


def group_counts_by_facet(facets, rows):
    """Facet -> value -> number, of (facet, value, number)."""
    found = {facet: {} for facet in facets}
    for facet, value, n in rows:
        found[facet][value] = n
    return found
