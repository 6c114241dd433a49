"""This module knows how many entries a filter finds, and how many each choice beside it would.

The counts kept at release tell for nearly all that readers ask: any mix of kind, year, language, section and
situation, and one tag or one partner beside those. For everything else entries are counted, once for all choices.
What a search finds is counted while it is little; above that nothing is said, as counting costs what is found.
"""

from collections import Counter

from django.db.models import Count, Sum

from publishing.models import EntryLabel

from .facets import FACETS, plainly

CUBE = ("kind", "year", "in")  # in the order in which `publishing.tallies` writes them
PLACES = ("section", "situation")  # columns of every kept count
AXES = (*CUBE, *PLACES)
LABELS = ("tag", "partner", "text")  # in the order in which tallies are crossed
RARER = ("partner", "tag", "text")


def total(shown):
    """How many entries match; None where a search finds more than are counted."""
    asked = shown.chosen.keys() - PLACES
    if asked == {"month"} and has_one_value(shown, "month") and not shown.q:
        return FACETS["month"].tally(placed(shown)).get(shown.chosen["month"][0], 0)
    cells = shown.cells if shown.cells is not None else shown.own_cells
    return None if cells is None else sum(n for _cell, n in wanted(cells, shown.chosen))


def counts(shown, facet):
    """Value -> how many entries carry it, of those that match in all other facets; None where a search finds many."""
    others = without(shown, facet)
    found = None if others.q else kept(others, facet)
    if found is not None:
        return found
    if facet in AXES:
        return along(shown, facet)
    entries = entries_of(others)
    return None if entries is None else FACETS[facet].count(entries)


def without(shown, *facets):
    """The filter without some facets; itself, with what it knows already, where it has none of them."""
    return shown.changed(**dict.fromkeys(facets)) if shown.chosen.keys() & set(facets) else shown


def entries_of(shown):
    """What matches, to be counted; None where a search finds more than that."""
    if not shown.q:
        return rows_of(shown)
    return shown.entries() if shown.finds_few else None


def rows_of(shown):
    """The entries that match, or their labels where one tag or partner is chosen: those alone need not be searched."""
    name = next((name for name in RARER if name in shown.chosen and has_one_value(shown, name)), None)
    if name is None:
        return shown.entries()
    labels = EntryLabel.objects.public().filter(facet=name, slug=shown.chosen[name][0])
    return shown.changed(**{name: None}).narrow(labels)


# --- From the kept counts ---------------------------------------------------------------------


def kept(shown, facet):
    """The same from the kept counts of one facet, or of one beside others; None where they cannot tell."""
    asked = shown.chosen.keys() - PLACES
    if not asked:
        return None if facet in AXES else FACETS[facet].tally(placed(shown))
    if facet in LABELS and asked <= set(CUBE):
        return kept_in_cells(shown, facet)
    (name, *more) = asked
    return kept_beside(shown, facet, name) if not more and has_one_value(shown, name) else None


def kept_beside(shown, facet, label):
    """Labels beside one label of another facet: that which stands first in LABELS is kept as the label of a count."""
    if {facet, label} <= set(LABELS):
        first, second = sorted([facet, label], key=LABELS.index)
        rows = placed(shown).filter(facet=f"{first}/{second}")
        [value] = shown.chosen[label]
        return (
            summed(rows.filter(label=value), "value") if label == first else summed(rows.filter(value=value), "label")
        )
    return None


def kept_in_cells(shown, facet):
    cells = {" ".join(cell[name] for name in CUBE) for cell, _n in wanted(shown.cells, shown.chosen)}
    return summed(placed(shown).filter(facet=f"cube/{facet}", value__in=cells), "label")


def summed(rows, column):
    return dict(rows.values_list(column).annotate(Sum("n")))


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
    axes; None where a search finds too much for that.
    """
    if not plain.q and list(map(len, plain.chosen.values())) in ([], [1]) and plain.chosen.keys() <= set(LABELS):
        return kept_cells(plain)
    return counted_cells(plain)


def kept_cells(plain):
    facet, label = next(((f"cube/{name}", value) for name, (value,) in plain.chosen.items()), ("cube", ""))
    rows = plain.tallies().filter(facet=facet, label=label).values_list("value", *PLACES).annotate(Sum("n"))
    return [(dict(zip(AXES, (*value.split(" "), *places), strict=True)), n) for value, *places, n in rows]


def counted_cells(shown):
    entries = entries_of(shown)
    if entries is None:
        return None
    columns = [plainly(FACETS[name].column) for name in AXES]
    rows = entries.order_by().values_list(*columns).annotate(Count("pk"))
    return [(dict(zip(AXES, values, strict=True)), n) for *values, n in rows]


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
