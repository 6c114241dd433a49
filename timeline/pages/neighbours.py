"""This module knows what stands beside an item: the update before, the one after, and those that share its tags."""

from dataclasses import dataclass, field

from django.db.models import Q

from publishing.models import Entry, EntryLabel

RELATED = 3


@dataclass
class Neighbours:
    earlier: Entry | None = None
    later: Entry | None = None
    related: list = field(default_factory=list)


def neighbours_of(entry):
    """The `Neighbours` of a public entry in its own language and situation. One query."""
    beside = Entry.objects.public().filter(
        language=entry.language, situation=entry.situation, section=entry.section
    )  # fmt: skip
    earlier = beside.filter(before(entry)).newest_first()
    later = beside.filter(after(entry)).newest_first().reverse()
    found = beside.filter(
        Q(pk__in=earlier.values("pk")[:1]) | Q(pk__in=later.values("pk")[:1]) | Q(pk__in=alike(beside, entry))
    )
    return sorted_out(entry, found.newest_first().defer("words", "body", "fragment"))


def before(entry):
    return Q(date__lt=entry.date) | Q(date=entry.date, number__lt=entry.number)


def after(entry):
    return Q(date__gt=entry.date) | Q(date=entry.date, number__gt=entry.number)


def alike(beside, entry):
    tags = [tag["slug"] for tag in entry.facts["tags"]]
    marked = EntryLabel.objects.filter(facet="tag", slug__in=tags).values("entry")
    return beside.filter(pk__in=marked).exclude(number=entry.number).newest_first().values("pk")[:RELATED]


def sorted_out(entry, found):
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
    beside.related = beside.related[:RELATED]
    return beside
