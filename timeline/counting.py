"""This module knows how many entries a filter finds, and how many each choice beside it would.

The counts kept at release tell for nearly all that readers ask: any mix of kind, year, language, section and
situation; one tag; one tag beside one of those. For everything else entries are counted one by one.
"""

from collections import Counter

from django.db.models import Sum

from .facets import FACETS

CUBE = ("kind", "year", "in")  # in the order in which `publishing.tallies` writes them
PLACES = ("section", "situation")  # columns of every kept count


def total(shown):
    """How many entries match."""
    asked = shown.chosen.keys() - PLACES
    if not shown.q and asked <= set(CUBE):
        return sum(n for _cell, n in cube(shown))
    if not shown.q and is_one_value(shown, asked):
        (name,) = asked
        return FACETS[name].tally(placed(shown)).get(shown.chosen[name][0], 0)
    return shown.entries().count()


def counts(shown, facet):
    """Value -> how many entries carry it, of those that match in all other facets."""
    others = shown.changed(**{facet: None})
    found = None if others.q else kept(others, facet)
    return FACETS[facet].count(others.entries()) if found is None else found


# --- From the kept counts ---------------------------------------------------------------------


def kept(shown, facet):
    """The same from the kept counts, or None where they cannot tell."""
    asked = shown.chosen.keys() - PLACES
    if facet in {*CUBE, *PLACES} and asked <= set(CUBE):
        return by_cube(shown, facet)
    if not asked:
        return FACETS[facet].tally(placed(shown))
    if facet == "tag" and len(asked) == 1 and asked <= set(CUBE):
        (name,) = asked
        crossed = placed(shown).filter(facet=f"tag/{name}", value__in=shown.chosen[name])
        return dict(crossed.values_list("label").annotate(Sum("n")))
    if asked == {"tag"} and is_one_value(shown, asked) and facet in CUBE:
        crossed = placed(shown).filter(facet=f"tag/{facet}", label=shown.chosen["tag"][0])
        return dict(crossed.values_list("value").annotate(Sum("n")))
    return None


def is_one_value(shown, asked):
    """Whether one facet is asked for, with one value: counts of several tags would count an entry twice."""
    return len(asked) == 1 and all(len(shown.chosen[name]) == 1 for name in asked)


def placed(shown):
    """The kept counts of the sections and situations that the filter names."""
    places = {f"{name}__in": shown.chosen[name] for name in PLACES if name in shown.chosen}
    return shown.tallies().filter(**places)


def by_cube(shown, facet):
    found = Counter()
    for cell, n in cube(shown):
        found[cell[facet]] += n
    found.pop("-", None)
    return dict(found)


def cube(shown):
    """(the values of one cell by facet, how many entries) for each cell of the filter."""
    rows = placed(shown).filter(facet="cube").values_list("value", *PLACES).annotate(Sum("n"))
    cells = ((dict(zip((*CUBE, *PLACES), (*value.split(" "), *places), strict=True)), n) for value, *places, n in rows)
    wanted = {name: shown.chosen[name] for name in CUBE if name in shown.chosen}
    return [(cell, n) for cell, n in cells if all(cell[name] in values for name, values in wanted.items())]
