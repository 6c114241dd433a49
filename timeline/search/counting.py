"""This module knows how many entries a filter finds, and how many each choice beside it would.

The counts kept at release tell for nearly all that readers ask: any mix of kind, year, language, section and
situation, and one tag, partner or month beside those. For everything else entries are counted, once for all choices.
What a search finds, or several labels together, is counted while it is little; above that nothing is said, as counting
costs what is found.
"""

from collections import Counter

from django.db.models import Count, Exists, OuterRef, Sum

from publishing.models import EntryLabel

from .facets import FACETS, count_all, count_labels, count_months, entry_in, plainly
from .matching import MOST_COUNTED, find_few

CUBE = ("kind", "year", "in")  # in the order in which `publishing.workflow.facet_counts` writes them
PLACES = ("section", "situation")  # columns of every kept count
AXES = (*CUBE, *PLACES)
LABELS = ("tag", "partner", "text", "month")  # in the order in which tallies are crossed
RARER = ("partner", "tag", "text")


def total(shown):
    """How many entries match; None where more are found than are counted."""
    learn_few([shown])
    cells = known_cells(shown)
    return None if cells is None else sum(n for _cell, n in wanted(cells, shown.chosen))


def counts(shown, facet):
    """Value -> how many entries carry it, of those that match in all other facets; None where many are found."""
    if facet in AXES:
        return along(shown, facet)
    key = without(shown, facet).key(f"count {facet}")
    if key not in shown.known:
        learn_counts(shown, [facet])
    return shown.known[key]


def learn_counts(shown, facets):
    """Counts the values of several labels, in one query all those that have to be counted one by one."""
    groups = beside_others(shown, facets)
    told = [None if others.q else kept(others, names) for others, names in groups]
    is_much = None in told and total(shown) is None  # then without one of its conditions it is no less
    if not is_much:
        learn_few([others for others, _names in groups])
    found, one_by_one = {}, []
    for (others, names), rows in zip(groups, told, strict=True):
        if rows is not None:
            found |= by_facet(names, rows)
        elif is_much:
            found |= dict.fromkeys(names)
        else:
            found |= own_texts(others, names)
            one_by_one.append((others, [name for name in names if name not in found]))
    found |= counted_labels(one_by_one)
    shown.known.update({others.key(f"count {name}"): found[name] for others, names in groups for name in names})


def own_texts(shown, facets):
    """The counts of own texts where the cells were counted, and these with them; nothing where they were kept."""
    if "text" not in facets:
        return {}
    cells = known_cells(shown)
    if not cells or "text" not in cells[0][0]:
        return {}
    found = sum(n for cell, n in wanted(cells, shown.chosen) if cell["text"])
    return {"text": {"own": found} if found else {}}


def beside_others(shown, facets):
    """(the filter without them, facets): those that are not chosen are all counted beside the same."""
    groups = {}
    for facet in facets:
        others = without(shown, facet)
        groups.setdefault(others.query(), (others, []))[1].append(facet)
    return list(groups.values())


def counted_labels(groups):
    """Facet -> its counts beside the filter that it stands with in (filter, facets); None where that finds too much."""
    parts, among = [], {}
    for number, (others, names) in enumerate(groups):
        entries = entries_of(others)
        if names and entries is not None:
            parts += labels_among(entries, names) + ([count_all(entries, f"{number}")] if is_wide(others) else [])
            among |= dict.fromkeys(names, f"{number}")
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else (*parts, ())[0]
    found = by_facet({*among, *among.values()}, rows)
    few = {name for name, number in among.items() if found[number].get("", 0) <= MOST_COUNTED}
    return {name: found[name] if name in few else None for _others, names in groups for name in names}


def labels_among(entries, facets):
    labels = [facet for facet in facets if facet != "month"]
    parts = [count_labels(entries, labels)] if labels else []
    return parts + [count_months(entries)] if "month" in facets else parts


def by_facet(facets, rows):
    """Facet -> value -> number, of (facet, value, number)."""
    found = {facet: {} for facet in facets}
    for facet, value, n in rows:
        found[facet][value] = n
    return found


def learn_few(filters):
    """Finds out for several filters whether what they find is counted: it is little, or part of what is."""
    filters = [shown for shown in filters if shown.q]
    ask_few([*(without(shown, *AXES) for shown in filters), *filters])


def ask_few(filters):
    new = {shown.key("few"): shown for shown in filters if shown.key("few") not in shown.known}
    for (key, shown), is_little in zip(new.items(), find_few(list(new.values())), strict=True):
        shown.known[key] = is_little


def alone(shown, asked):
    """(facet, value) -> how many entries have that value, whatever else is chosen; for all but situations."""
    facets, values = ({pair[place] for pair in asked} for place in (0, 1))
    rows = shown.tallies().filter(facet__in=facets, value__in=values).values_list("facet", "value").annotate(Sum("n"))
    found = {(facet, value): n for facet, value, n in rows} if asked else {}
    return {pair: found.get(pair, 0) for pair in asked}


def without(shown, *facets):
    """The filter without some facets; itself, with what it knows already, where it has none of them."""
    return shown.changed(**dict.fromkeys(facets)) if shown.chosen.keys() & set(facets) else shown


def entries_of(shown):
    """What matches, to be counted: one more than that where too much does; None where a search finds too much."""
    if shown.q:
        return shown.entries() if shown.finds_few else None
    rows = rows_of(shown)
    if not is_wide(shown):
        return rows
    return rows.model.objects.filter(pk__in=rows.order_by().values("pk")[: MOST_COUNTED + 1])


def is_wide(shown):
    """Whether, without words, several labels are asked for, whose counts beside each other nobody keeps."""
    return not shown.q and sum(len(shown.chosen.get(name, ())) for name in LABELS) > 1


def rows_of(shown):
    """The entries that match, or their labels where one tag or partner is chosen: those alone need not be searched."""
    name = next((name for name in RARER if name in shown.chosen and has_one_value(shown, name)), None)
    if name is None:
        return shown.entries()
    labels = EntryLabel.objects.public().filter(facet=name, slug=shown.chosen[name][0])
    return shown.changed(**{name: None}).narrow(labels)


# --- From the kept counts ---------------------------------------------------------------------


def kept(shown, facets):
    """(facet, value, how many) from the kept counts of labels, beside others too; None where they cannot tell."""
    asked = shown.chosen.keys() - PLACES
    if not asked:
        return placed(shown).filter(facet__in=facets).values_list("facet", "value").annotate(Sum("n"))
    if asked <= set(CUBE):
        return kept_in_cells(shown, facets)
    (name, *more) = asked
    return kept_beside(shown, facets, name) if not more and name in LABELS and has_one_value(shown, name) else None


def kept_beside(shown, facets, label):
    """Labels beside one label of another facet: that which stands first in LABELS is kept as the label of a count."""
    (value,) = shown.chosen[label]
    later = {f"{label}/{facet}": facet for facet in facets if LABELS.index(facet) > LABELS.index(label)}
    earlier = {f"{facet}/{label}": facet for facet in facets if LABELS.index(facet) < LABELS.index(label)}
    rows = summed(placed(shown).filter(facet__in=later, label=value), "value")
    # Two questions put as one, since one with “or” in it would be answered from no index.
    rows = rows.union(summed(placed(shown).filter(facet__in=earlier, value=value), "label"), all=True)
    return [((later | earlier)[facet], found, n) for facet, found, n in rows]


def summed(rows, column):
    """(facet, value of the column, how many)."""
    return rows.values_list(plainly("facet"), plainly(column)).annotate(Sum("n"))


def kept_in_cells(shown, facets):
    cells = {" ".join(cell[name] for name in CUBE) for cell, _n in wanted(shown.cells, shown.chosen)}
    names = [f"cube/{facet}" for facet in facets]
    rows = summed(placed(shown).filter(facet__in=names, value__in=cells), "label")
    return [(facet.partition("/")[2], value, n) for facet, value, n in rows]


def has_one_value(shown, facet):
    """Of several tags an entry may carry both, so that their counts do not add up."""
    return len(shown.chosen[facet]) == 1


def placed(shown):
    """The kept counts of the sections and situations that the filter names."""
    places = {f"{name}__in": shown.chosen[name] for name in PLACES if name in shown.chosen}
    return shown.tallies().filter(**places)


# --- The cube: entries by kind, year, language, section and situation -------------------------


def cells_of(plain):
    """(the values of one cell by facet, how many entries) of a filter that has no values on the axes.

    From the kept counts, or where more is asked for (words, several tags, months) counted in one query for all
    axes; None where too much is found for that.
    """
    if not plain.q and list(map(len, plain.chosen.values())) in ([], [1]) and plain.chosen.keys() <= set(LABELS):
        return kept_cells(plain)
    return counted_cells(plain)


def kept_cells(plain):
    facet, label = next(((f"cube/{name}", value) for name, (value,) in plain.chosen.items()), ("cube", ""))
    rows = plain.tallies().filter(facet=facet, label=label)
    cells = rows.values_list(*map(plainly, ("value", *PLACES))).annotate(Sum("n"))
    return [(dict(zip(AXES, (*value.split(" "), *places), strict=True)), n) for value, *places, n in cells]


def counted_cells(shown):
    entries = entries_of(shown)
    if entries is None:
        return None
    columns = [plainly(FACETS[name].column) for name in AXES]
    own = EntryLabel.objects.filter(facet="text", entry=OuterRef(entry_in(entries)))
    rows = list(entries.order_by().values_list(*columns, Exists(own)).annotate(Count("pk")))
    if is_wide(shown) and sum(n for *_values, n in rows) > MOST_COUNTED:
        return None
    return [
        (dict(zip(AXES, values, strict=True)) | {"text": "own" if is_own else ""}, n) for *values, is_own, n in rows
    ]


def known_cells(shown):
    """The cells that tell what the filter finds: of all beside its axes, else its own; None where both are too much."""
    return shown.cells if shown.cells is not None else shown.own_cells


def along(shown, facet):
    cells = shown.own_cells if shown.cells is None and facet not in shown.chosen else shown.cells
    if cells is None:
        return None
    found = Counter()
    asked = {name: values for name, values in shown.chosen.items() if name != facet}
    for cell, n in wanted(cells, asked):
        found[cell[facet]] += n
    return {value: n for value, n in found.items() if value not in {"", "-"}}


def wanted(cells, chosen):
    asked = [(name, values) for name, values in chosen.items() if name in AXES]
    return [(cell, n) for cell, n in cells if all(cell[name] in values for name, values in asked)]
