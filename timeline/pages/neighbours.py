"""This module knows what stands beside an item: the update before, the one after, and those that share its tags."""

from dataclasses import dataclass, field

from publishing.models import Entry, EntryFacet
from timeline.search.paging import filter_newer, filter_older, union_keys

MAX_RELATED = 3


@dataclass
class Neighbours:
    earlier: Entry | None = None
    later: Entry | None = None
    related: list = field(default_factory=list)


def find_neighbours(entry):
    """The `Neighbours` of a public entry in its own language and situation.

    One query; each of the few keys is read from an index that begins at the entry, so it costs the same everywhere.
    """
    beside = Entry.objects.public().filter(
        language=entry.language, situation=entry.situation, section=entry.section
    )  # fmt: skip
    place = entry.date, entry.number
    earlier = filter_older(beside, place).newest_first().values("pk")[:1]
    later = filter_newer(beside, place).newest_first().reverse().values("pk")[:1]
    keys = union_keys(earlier, [later, *(find_tagged(entry, tag["slug"]) for tag in entry.facts["tags"])])
    found = Entry.objects.filter(pk__in=keys).newest_first()
    return sort_neighbours(entry, found.defer("words", "body", "fragment"))


def find_tagged(entry, slug):
    """The keys of the newest entries beside this one that carry the tag."""
    carried = EntryFacet.objects.public().filter(
        facet="tag", slug=slug, language=entry.language, situation=entry.situation, section=entry.section
    )
    return carried.exclude(number=entry.number).newest_first().values("entry")[:MAX_RELATED]


def sort_neighbours(entry, found):
    place = (entry.date, entry.number)
    tags = {tag["slug"] for tag in entry.facts["tags"]}
    beside = Neighbours()
    for other in found:
        if (other.date, other.number) > place:
            beside.later = other  # newest first, so that the last one seen is the nearest
        elif beside.earlier is None and other.number != entry.number:
            beside.earlier = other
        if tags & {tag["slug"] for tag in other.facts["tags"]}:
            beside.related.append(other)
    beside.related = beside.related[:MAX_RELATED]
    return beside
