"""This module knows what stands beside an item: the update before, the one after, and those that share its tags."""

from dataclasses import dataclass, field

from django.db.models import Q

from publishing.models import Entry, EntryFacet

MAX_RELATED = 3


@dataclass
class Neighbours:
    earlier: Entry | None = None
    later: Entry | None = None
    related: list = field(default_factory=list)


def find_neighbours(entry):
    """The `Neighbours` of a public entry in its own language and situation. One query."""
    beside = Entry.objects.public().filter(
        language=entry.language, situation=entry.situation, section=entry.section
    )  # fmt: skip
    earlier = beside.filter(build_earlier_condition(entry)).newest_first()
    later = beside.filter(build_later_condition(entry)).newest_first().reverse()
    found = beside.filter(
        Q(pk__in=earlier.values("pk")[:1]) | Q(pk__in=later.values("pk")[:1]) | Q(pk__in=find_related(beside, entry))
    )
    return sort_neighbours(entry, found.newest_first().defer("words", "body", "fragment"))


def build_earlier_condition(entry):
    return Q(date__lt=entry.date) | Q(date=entry.date, number__lt=entry.number)


def build_later_condition(entry):
    return Q(date__gt=entry.date) | Q(date=entry.date, number__gt=entry.number)


def find_related(beside, entry):
    tags = [tag["slug"] for tag in entry.facts["tags"]]
    marked = EntryFacet.objects.filter(facet="tag", slug__in=tags).values("entry")
    return beside.filter(pk__in=marked).exclude(number=entry.number).newest_first().values("pk")[:MAX_RELATED]


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
