"""This module knows how many entries a filter finds, and how many each choice beside it would.

The counts kept at release tell for nearly all that readers ask: any mix of kind, year, language, section and
situation; one tag; one tag beside one of those. For everything else entries are counted, once for all choices.
"""

from collections import Counter

from django.db.models import Count, Sum

from .facets import FACETS

CUBE = ("kind", "year", "in")  # in the order in which `publishing.tallies` writes them
PLACES = ("section", "situation")  # columns of every kept count
AXES = (*CUBE, *PLACES)


def total(shown):
    """How many entries match."""
    asked = shown.chosen.keys() - PLACES
    if not shown.q and len(asked) == 1 and has_one_value(shown, *asked):
        (name,) = asked
        return FACETS[name].tally(placed(shown)).get(shown.chosen[name][0], 0)
    return sum(n for _cell, n in wanted(shown.cells, shown.chosen))


def counts(shown, facet):
    """Value -> how many entries carry it, of those that match in all other facets."""
    others = shown.changed(**{facet: None})
    found = None if others.q else kept(others, facet)
    if found is not None:
        return found
    return along(shown, facet) if facet in AXES else FACETS[facet].count(others.entries())


# --- From the kept counts ---------------------------------------------------------------------


def kept(shown, facet):
    """The same from the kept counts of one facet, or of one beside a tag; None where they cannot tell."""
    asked = shown.chosen.keys() - PLACES
    if not asked and facet not in AXES:
        return FACETS[facet].tally(placed(shown))
    if facet == "tag" and len(asked) == 1 and asked <= set(CUBE):
        (name,) = asked
        crossed = placed(shown).filter(facet=f"tag/{name}", value__in=shown.chosen[name])
        return dict(crossed.values_list("label").annotate(Sum("n")))
    if asked == {"tag"} and has_one_value(shown, "tag") and facet in CUBE:
        crossed = placed(shown).filter(facet=f"tag/{facet}", label=shown.chosen["tag"][0])
        return dict(crossed.values_list("value").annotate(Sum("n")))
    return None


def has_one_value(shown, facet):
    """Of several tags an entry may carry both, so that their counts do not add up."""
    return len(shown.chosen[facet]) == 1


def placed(shown):
    """The kept counts of the sections and situations that the filter names."""
    places = {f"{name}__in": shown.chosen[name] for name in PLACES if name in shown.chosen}
    return shown.tallies().filter(**places)


# --- The cube: entries by kind, year, language, section and situation -------------------------


def cells_of(shown):
    """(the values of one cell by facet, how many entries), the filter's own values on the axes left aside.

    From the kept counts, or where more is asked for (words, tags, months) counted in one query for all axes.
    """
    plain = shown.changed(**dict.fromkeys(AXES))
    if plain.is_empty:
        rows = plain.tallies().filter(facet="cube").values_list("value", *PLACES).annotate(Sum("n"))
        return [(dict(zip(AXES, (*value.split(" "), *places), strict=True)), n) for value, *places, n in rows]
    columns = [FACETS[name].column for name in AXES]
    rows = plain.entries().order_by().values_list(*columns).annotate(Count("pk"))
    return [(dict(zip(AXES, values, strict=True)), n) for *values, n in rows]


def along(shown, facet):
    found = Counter()
    asked = {name: values for name, values in shown.chosen.items() if name != facet}
    for cell, n in wanted(shown.cells, asked):
        found[cell[facet]] += n
    return {value: n for value, n in found.items() if value not in {"", "-"}}


def wanted(cells, chosen):
    asked = [(name, values) for name, values in chosen.items() if name in AXES]
    return [(cell, n) for cell, n in cells if all(cell[name] in values for name, values in asked)]
