"""This module knows under which values an entry counts, and keeps the counts in step with every release.

Counts are changed by differences, in the transaction of the release; nothing is counted per request.
"""

from collections import Counter
from contextlib import nullcontext
from itertools import combinations

from django.db import connection, transaction

from audit.locks import snapshot
from publishing.batches import QUERY_PARAMETERS, in_batches
from publishing.models import DENORMALIZED_FIELDS, Entry, EntryFacet, FacetCount, Release


def build_entry_facets(entry):
    repeated = {name: getattr(entry, name) for name in DENORMALIZED_FIELDS}
    return [
        EntryFacet(entry=entry, facet=facet, slug=slug, **repeated) for facet, slug, _label in get_facet_values(entry)
    ]


def get_facet_values(entry):
    tags = [("tag", tag["slug"], tag["name"]) for tag in entry.facts["tags"]]
    partners = {credit["slug"]: credit["name"] for credit in entry.facts["credits"]}
    return tags + [("partner", slug, name) for slug, name in partners.items()] + get_own_text_facet(entry)


def get_own_text_facet(entry):
    """That an entry can be read in its own language: elsewhere it stands there as a fallback."""
    spoken = {entry.original_language, *entry.facts["languages"]}
    return [("text", "own", "")] if entry.section and entry.language in spoken else []


COUNTED_FIELDS = (
    "situation", "language", "section", "kind", "year", "month", "precision", "original_language", "facts",
    "visible_from", "visible_until",
)  # fmt: skip


def get_count_keys(entry):
    """The keys under which an entry counts: its place, then facet, value, label."""
    if not entry.section:
        return []
    place = (entry.situation, entry.language, entry.section, entry.visible_from, entry.visible_until)
    cell = build_cell(entry)
    facets = [
        ("section", entry.section, ""),
        ("kind", entry.kind, ""),
        ("in", entry.original_language, ""),
        ("year", entry.year, ""),
        ("month", entry.month, ""),
        ("cube", cell, ""),
        *get_facet_values(entry),
        *[(f"cube/{facet}", cell, slug) for facet, slug, _label in get_cell_facets(entry)],
        *get_facet_pairs(entry),
    ]
    if entry.section == "updates":
        facets.append(("tempo", f"{entry.month or 'undated'} {entry.kind}", ""))
    return [(*place, facet, value, label) for facet, value, label in facets if value]


def build_cell(entry):
    """What entries are counted by together: kind, year, original language."""
    return " ".join([entry.kind or "-", entry.year or "-", entry.original_language])


def get_cell_facets(entry):
    """What is counted within each cell, and beside each other: labels, and the month, which is last."""
    return get_facet_values(entry) + ([("month", entry.month, "")] if entry.month else [])


def get_facet_pairs(entry):
    """Each of these beside those of the facets that follow its own; it stands as the label of the count."""
    pairs = combinations(get_cell_facets(entry), 2)  # in the order of their facets
    return [(f"{one}/{other}", second, first) for (one, first, _), (other, second, _) in pairs if one != other]


def apply_count_changes(counts):
    """Adds the differences to the kept counts. Releases are written one after the other, so this does not race."""
    changes = {key: change for key, change in counts.items() if change}
    kept = get_facet_counts(changes)
    rows = []
    for key, change in changes.items():
        old = kept.get(key)
        n = change + (old.n if old else 0)
        if n:
            rows.append(FacetCount(**dict(zip(FACET_COUNT_KEY, key, strict=True)), n=n))
    replaced = [kept[key].pk for key in changes if key in kept]
    for batch in in_batches(replaced):
        FacetCount.objects.filter(pk__in=batch).delete()
    FacetCount.objects.bulk_create(rows, batch_size=QUERY_PARAMETERS)


def recount_facets():
    """Mends counts that had gone wrong, a situation and language after the other, while others go on publishing."""
    places = FacetCount.objects.order_by().values_list("situation", "language")
    for place in sorted(
        {*places.distinct(), *Entry.objects.order_by().values_list("situation", "language").distinct()}
    ):
        # Whoever calls this in a transaction reads what they wrote there.
        with nullcontext() if connection.in_atomic_block else snapshot():
            wrong = find_wrong_counts(*place)
        # Differences stay right whatever was published meanwhile.
        with transaction.atomic():
            Release.objects.hold()
            apply_count_changes(wrong)


def find_wrong_counts(situation, language):
    """Key -> by how much its kept count is too low."""
    wrong, here = Counter(), {"situation": situation, "language": language}
    for entry in Entry.objects.filter(**here).only(*COUNTED_FIELDS).iterator():
        wrong.update(dict.fromkeys(get_count_keys(entry), 1))
    for *key, n in FacetCount.objects.filter(**here).values_list(*FACET_COUNT_KEY, "n").iterator():
        wrong[tuple(key)] -= n
    return wrong


FACET_COUNT_KEY = ("situation", "language", "section", "visible_from", "visible_until", "facet", "value", "label")


def get_facet_counts(keys):
    """key -> `FacetCount` for those of the keys that are counted already; few are looked up, many are read in one
    go."""
    places = {key[:3] for key in keys}
    situations, languages, sections = ({place[n] for place in places} for n in range(3))
    rows = FacetCount.objects.filter(situation__in=situations, language__in=languages, section__in=sections)
    values = {key[6] for key in keys}
    if len(values) < QUERY_PARAMETERS:
        rows = rows.filter(value__in=values)
    return {tuple(getattr(row, name) for name in FACET_COUNT_KEY): row for row in rows.iterator()}
