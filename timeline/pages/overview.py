"""What the first page shows of each situation: how much there is, of which kinds, and since when nothing was added."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery

from publishing.kinds import get_kind_family
from publishing.models import Entry, FacetCount

from .monthly_chart import MARK_SCALES, build_column_marks

MAX_MARKS = 60
LATEST_UPDATES = 5
LATEST_STORIES = 4


@dataclass
class SituationRow:
    """One situation; `marks` are families, in the order of the legend."""

    entry: Entry
    updates: int = 0
    stories: int = 0
    updated: object = None
    marks: list = field(default_factory=list)


def build_situation_rows(situations, *, language):
    """(`SituationRow`s, updates to a mark): one scale for all, so that situations can be compared."""
    families, stories = count_by_situation(language)
    updated = get_last_update_days(language)
    biggest = max((sum(counts.values()) for counts in families.values()), default=0)
    scale = next((scale for scale in MARK_SCALES if biggest <= scale * MAX_MARKS), MARK_SCALES[-1])
    rows = [
        SituationRow(
            entry=entry,
            updates=sum(families[entry.slug].values()),
            stories=stories[entry.slug],
            updated=updated.get(entry.slug),
            marks=build_column_marks(families[entry.slug], scale),
        )
        for entry in situations
    ]
    return rows, scale


def count_by_situation(language):
    """(situation -> families of updates, situation -> testimonies), from the kept counts."""
    families, stories = defaultdict(Counter), Counter()
    counts = FacetCount.objects.public().filter(language=language, facet="kind", section__in=["updates", "stories"])
    for situation, section, kind, n in counts.values_list("situation", "section", "value", "n"):
        if section == "stories":
            stories[situation] += n
        else:
            families[situation][get_kind_family(kind)] += n
    return families, stories


def get_last_update_days(language):
    """Situation -> the newest day on which something is recorded to have been published there."""
    public = Entry.objects.public().filter(language=language)
    below = public.filter(situation=OuterRef("slug"), section="updates", precision="day").newest_first()
    situations = public.filter(type="situation", section="")
    return dict(situations.annotate(last=Subquery(below.values("date")[:1])).values_list("slug", "last"))


def get_latest_entries(language):
    """(the newest updates, the newest testimonies) of all situations."""
    public = Entry.objects.public().filter(language=language).newest_first().defer("words", "body")
    return list(public.filter(section="updates")[:LATEST_UPDATES]), list(
        public.filter(section="stories")[:LATEST_STORIES]
    )
