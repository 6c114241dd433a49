"""This module knows under which values an entry counts, and keeps the counts in step with every release.

Counts are changed by differences, in the transaction of the release; nothing is counted per request.
"""

from .models import EntryLabel, Tally

BATCH = 500


def labels_of(entry):
    return [EntryLabel(entry=entry, facet=facet, slug=slug) for facet, slug, _label in labelled(entry)]


def labelled(entry):
    tags = [("tag", tag["slug"], tag["name"]) for tag in entry.facts["tags"]]
    partners = {credit["slug"]: credit["name"] for credit in entry.facts["credits"]}
    return tags + [("partner", slug, name) for slug, name in partners.items()]


TALLIED = (
    "situation", "language", "section", "kind", "year", "month", "precision", "original_language", "facts",
    "visible_from", "visible_until",
)  # fmt: skip


def tallied(entry):
    """The keys under which an entry counts: its place, then facet, value, label."""
    if not entry.section:
        return []
    place = (entry.situation, entry.language, entry.section, entry.visible_from, entry.visible_until)
    facets = [
        ("section", entry.section, ""),
        ("kind", entry.kind, ""),
        ("in", entry.original_language, ""),
        ("year", entry.year, ""),
        ("month", entry.month, ""),
        ("cube", " ".join([entry.kind or "-", entry.year or "-", entry.original_language]), ""),
        *labelled(entry),
        *crossed(entry),
    ]
    if entry.section == "updates":
        facets.append(("tempo", f"{entry.month or 'undated'} {entry.kind}", ""))
    return [(*place, facet, value, label) for facet, value, label in facets if value]


def crossed(entry):
    """Each tag beside each of the values that lists are narrowed by most; the tag stands as the label."""
    values = [("tag/kind", entry.kind), ("tag/year", entry.year), ("tag/in", entry.original_language)]
    return [(facet, value, tag["slug"]) for tag in entry.facts["tags"] for facet, value in values]


def apply(counts):
    """Adds the differences to the kept counts. Releases are written one after the other, so this does not race."""
    changes = {key: change for key, change in counts.items() if change}
    kept = kept_tallies(changes)
    rows = []
    for key, change in changes.items():
        old = kept.get(key)
        n = change + (old.n if old else 0)
        if n:
            rows.append(Tally(**dict(zip(TALLY_KEY, key, strict=True)), n=n))
    replaced = [kept[key].pk for key in changes if key in kept]
    for start in range(0, len(replaced), BATCH):
        Tally.objects.filter(pk__in=replaced[start : start + BATCH]).delete()
    Tally.objects.bulk_create(rows, batch_size=BATCH)


TALLY_KEY = ("situation", "language", "section", "visible_from", "visible_until", "facet", "value", "label")


def kept_tallies(keys):
    """key -> `Tally` for those of the keys that are counted already; few are looked up, many are read in one go."""
    places = {key[:3] for key in keys}
    situations, languages, sections = ({place[n] for place in places} for n in range(3))
    rows = Tally.objects.filter(situation__in=situations, language__in=languages, section__in=sections)
    values = {key[6] for key in keys}
    if len(values) < BATCH:
        rows = rows.filter(value__in=values)
    return {tuple(getattr(row, name) for name in TALLY_KEY): row for row in rows.iterator()}
