"""This module knows how many entries a filter finds, and how many each choice beside it would.

The counts kept at release tell for nearly all that readers ask: any mix of kind, year, language, section and
situation, and one tag, partner or month beside those. For everything else entries are counted, once for all choices.
What a search finds, or several labels together, is counted while it is little; above that nothing is said, as counting
costs what is found.
"""

from collections import Counter

from django.db.models import Count, Exists, OuterRef, Sum

from publishing.models import EntryFacet

from .facets import FACETS, build_group_key, count_labels, count_months, count_rows, get_entry_column
from .matching import MAX_COUNTED, are_countable

CELL_FACETS = ("kind", "year", "in")  # in the order in which `publishing.workflow.facet_counts` writes them
PLACE_FACETS = ("section", "situation")  # columns of every kept count
AXIS_FACETS = (*CELL_FACETS, *PLACE_FACETS)
LABEL_FACETS = ("tag", "partner", "text", "month")  # in the order in which tallies are crossed
SELECTIVE_FACETS = ("partner", "tag", "text")


def count_matches(shown):
    """How many entries match; None where more are found than are counted."""
    load_countable([shown])
    cells = choose_cells(shown)
    return None if cells is None else sum(n for _cell, n in filter_cells(cells, shown.chosen))


def count_values(shown, facet):
    """Value -> how many entries carry it, of those that match in all other facets; None where many are found."""
    if facet in AXIS_FACETS:
        return count_along_axis(shown, facet)
    key = drop_facets(shown, facet).key(f"count {facet}")
    if key not in shown.known:
        load_label_counts(shown, [facet])
    return shown.known[key]


def load_label_counts(shown, facets):
    """Counts the values of several labels, in one query all those that have to be counted one by one."""
    groups = group_by_remaining_filter(shown, facets)
    told = [None if others.q else get_stored_counts(others, names) for others, names in groups]
    is_much = None in told and count_matches(shown) is None  # then without one of its conditions it is no less
    if not is_much:
        load_countable([others for others, _names in groups])
    found, one_by_one = {}, []
    for (others, names), rows in zip(groups, told, strict=True):
        if rows is not None:
            found |= group_counts_by_facet(names, rows)
        elif is_much:
            found |= dict.fromkeys(names)
        else:
            found |= count_own_texts(others, names)
            one_by_one.append((others, [name for name in names if name not in found]))
    found |= query_label_counts(one_by_one)
    shown.known.update({others.key(f"count {name}"): found[name] for others, names in groups for name in names})


def count_own_texts(shown, facets):
    """The counts of own texts where the cells were counted, and these with them; nothing where they were kept."""
    if "text" not in facets:
        return {}
    cells = choose_cells(shown)
    if not cells or "text" not in cells[0][0]:
        return {}
    found = sum(n for cell, n in filter_cells(cells, shown.chosen) if cell["text"])
    return {"text": {"own": found} if found else {}}


def group_by_remaining_filter(shown, facets):
    """(the filter without them, facets): those that are not chosen are all counted beside the same."""
    groups = {}
    for facet in facets:
        others = drop_facets(shown, facet)
        groups.setdefault(others.query(), (others, []))[1].append(facet)
    return list(groups.values())


def query_label_counts(groups):
    """Facet -> its counts beside the filter that it stands with in (filter, facets); None where that finds too much."""
    parts, among = [], {}
    for number, (others, names) in enumerate(groups):
        entries = get_countable_entries(others)
        if names and entries is not None:
            parts += build_label_queries(entries, names) + (
                [count_rows(entries, f"{number}")] if has_several_labels(others) else []
            )
            among |= dict.fromkeys(names, f"{number}")
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else (*parts, ())[0]
    found = group_counts_by_facet({*among, *among.values()}, rows)
    few = {name for name, number in among.items() if found[number].get("", 0) <= MAX_COUNTED}
    return {name: found[name] if name in few else None for _others, names in groups for name in names}


def build_label_queries(entries, facets):
    labels = [facet for facet in facets if facet != "month"]
    parts = [count_labels(entries, labels)] if labels else []
    return parts + [count_months(entries)] if "month" in facets else parts


def group_counts_by_facet(facets, rows):
    """Facet -> value -> number, of (facet, value, number)."""
    found = {facet: {} for facet in facets}
    for facet, value, n in rows:
        found[facet][value] = n
    return found


def load_countable(filters):
    """Finds out for several filters whether what they find is counted: it is little, or part of what is."""
    filters = [shown for shown in filters if shown.q]
    query_countable([*(drop_facets(shown, *AXIS_FACETS) for shown in filters), *filters])


def query_countable(filters):
    new = {shown.key("few"): shown for shown in filters if shown.key("few") not in shown.known}
    for (key, shown), is_little in zip(new.items(), are_countable(list(new.values())), strict=True):
        shown.known[key] = is_little


def count_values_alone(shown, asked):
    """(facet, value) -> how many entries have that value, whatever else is chosen; for all but situations."""
    facets, values = ({pair[place] for pair in asked} for place in (0, 1))
    rows = (
        shown.facet_counts().filter(facet__in=facets, value__in=values).values_list("facet", "value").annotate(Sum("n"))
    )
    found = {(facet, value): n for facet, value, n in rows} if asked else {}
    return {pair: found.get(pair, 0) for pair in asked}


def drop_facets(shown, *facets):
    """The filter without some facets; itself, with what it knows already, where it has none of them."""
    return shown.changed(**dict.fromkeys(facets)) if shown.chosen.keys() & set(facets) else shown


def get_countable_entries(shown):
    """What matches, to be counted: one more than that where too much does; None where a search finds too much."""
    if shown.q:
        return shown.entries() if shown.is_countable else None
    rows = get_matching_rows(shown)
    if not has_several_labels(shown):
        return rows
    return rows.model.objects.filter(pk__in=rows.order_by().values("pk")[: MAX_COUNTED + 1])


def has_several_labels(shown):
    """Whether, without words, several labels are asked for, whose counts beside each other nobody keeps."""
    return not shown.q and sum(len(shown.chosen.get(name, ())) for name in LABEL_FACETS) > 1


def get_matching_rows(shown):
    """The entries that match, or their labels where one tag or partner is chosen: those alone need not be searched."""
    name = next((name for name in SELECTIVE_FACETS if name in shown.chosen and has_one_value(shown, name)), None)
    if name is None:
        return shown.entries()
    labels = EntryFacet.objects.public().filter(facet=name, slug=shown.chosen[name][0])
    return shown.changed(**{name: None}).narrow(labels)


# --- From the kept counts ---------------------------------------------------------------------


def get_stored_counts(shown, facets):
    """(facet, value, how many) from the kept counts of labels, beside others too; None where they cannot tell."""
    asked = shown.chosen.keys() - PLACE_FACETS
    if not asked:
        return filter_by_place(shown).filter(facet__in=facets).values_list("facet", "value").annotate(Sum("n"))
    if asked <= set(CELL_FACETS):
        return get_stored_counts_in_cells(shown, facets)
    (name, *more) = asked
    return (
        get_stored_pair_counts(shown, facets, name)
        if not more and name in LABEL_FACETS and has_one_value(shown, name)
        else None
    )


def get_stored_pair_counts(shown, facets, label):
    """Labels beside one label of another facet: that which stands first in LABELS is kept as the label of a count."""
    (value,) = shown.chosen[label]
    later = {f"{label}/{facet}": facet for facet in facets if LABEL_FACETS.index(facet) > LABEL_FACETS.index(label)}
    earlier = {f"{facet}/{label}": facet for facet in facets if LABEL_FACETS.index(facet) < LABEL_FACETS.index(label)}
    rows = sum_by_column(filter_by_place(shown).filter(facet__in=later, label=value), "value")
    # Two questions put as one, since one with “or” in it would be answered from no index.
    rows = rows.union(sum_by_column(filter_by_place(shown).filter(facet__in=earlier, value=value), "label"), all=True)
    return [((later | earlier)[facet], found, n) for facet, found, n in rows]


def sum_by_column(rows, column):
    """(facet, value of the column, how many)."""
    return rows.values_list(build_group_key("facet"), build_group_key(column)).annotate(Sum("n"))


def get_stored_counts_in_cells(shown, facets):
    cells = {" ".join(cell[name] for name in CELL_FACETS) for cell, _n in filter_cells(shown.cells, shown.chosen)}
    names = [f"cube/{facet}" for facet in facets]
    rows = sum_by_column(filter_by_place(shown).filter(facet__in=names, value__in=cells), "label")
    return [(facet.partition("/")[2], value, n) for facet, value, n in rows]


def has_one_value(shown, facet):
    """Of several tags an entry may carry both, so that their counts do not add up."""
    return len(shown.chosen[facet]) == 1


def filter_by_place(shown):
    """The kept counts of the sections and situations that the filter names."""
    places = {f"{name}__in": shown.chosen[name] for name in PLACE_FACETS if name in shown.chosen}
    return shown.facet_counts().filter(**places)


# --- The cube: entries by kind, year, language, section and situation -------------------------


def get_cells(plain):
    """(the values of one cell by facet, how many entries) of a filter that has no values on the axes.

    From the kept counts, or where more is asked for (words, several tags, months) counted in one query for all
    axes; None where too much is found for that.
    """
    if not plain.q and list(map(len, plain.chosen.values())) in ([], [1]) and plain.chosen.keys() <= set(LABEL_FACETS):
        return get_stored_cells(plain)
    return count_cells(plain)


def get_stored_cells(plain):
    facet, label = next(((f"cube/{name}", value) for name, (value,) in plain.chosen.items()), ("cube", ""))
    rows = plain.facet_counts().filter(facet=facet, label=label)
    cells = rows.values_list(*map(build_group_key, ("value", *PLACE_FACETS))).annotate(Sum("n"))
    return [(dict(zip(AXIS_FACETS, (*value.split(" "), *places), strict=True)), n) for value, *places, n in cells]


def count_cells(shown):
    entries = get_countable_entries(shown)
    if entries is None:
        return None
    columns = [build_group_key(FACETS[name].column) for name in AXIS_FACETS]
    own = EntryFacet.objects.filter(facet="text", entry=OuterRef(get_entry_column(entries)))
    rows = list(entries.order_by().values_list(*columns, Exists(own)).annotate(Count("pk")))
    if has_several_labels(shown) and sum(n for *_values, n in rows) > MAX_COUNTED:
        return None
    return [
        (dict(zip(AXIS_FACETS, values, strict=True)) | {"text": "own" if is_own else ""}, n)
        for *values, is_own, n in rows
    ]


def choose_cells(shown):
    """The cells that tell what the filter finds: of all beside its axes, else its own; None where both are too much."""
    return shown.cells if shown.cells is not None else shown.exact_cells


def count_along_axis(shown, facet):
    cells = shown.exact_cells if shown.cells is None and facet not in shown.chosen else shown.cells
    if cells is None:
        return None
    found = Counter()
    asked = {name: values for name, values in shown.chosen.items() if name != facet}
    for cell, n in filter_cells(cells, asked):
        found[cell[facet]] += n
    return {value: n for value, n in found.items() if value not in {"", "-"}}


def filter_cells(cells, chosen):
    asked = [(name, values) for name, values in chosen.items() if name in AXIS_FACETS]
    return [(cell, n) for cell, n in cells if all(cell[name] in values for name, values in asked)]
