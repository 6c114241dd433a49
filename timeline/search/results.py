"""What a filter finds: the public entries, as a queryset and page by page.

Not here: what a page is read from (`paging.py`), what words find (`matching.py`), how many there are
(`facet_counts.py`).
"""

from dataclasses import dataclass, replace

from publishing.models import Entry, EntryFacet

from .facets import FACETS
from .matching import INDEXED_FACETS, filter_by_words
from .paging import get_page_by_date, get_page_by_words

PAGE_SIZE = 25  # entries; in Russian, whose letters weigh double, that is a page of 8 kB
MAX_COUNTED = 10_000  # entries
LIST_DEFERRED_FIELDS = ("words", "body")  # heavy columns that no list shows
# Facets whose values have an index of their own, the rarest first.
DRIVING_FACETS = ("partner", "tag", "in", "kind", "text")


@dataclass(frozen=True)
class EntryPage:
    """`next_address` leads to the older entries; None on the last page. `following` is the first of those."""

    entries: list
    next_address: str | None
    cursor: str = ""
    following: Entry | None = None


class FilterResults:
    """The updates, testimonies and news that a filter finds in one channel; those of consent to it alone."""

    def __init__(self, query_filter, *, channel="site", changed_since=None):
        """`changed_since`, an aware moment, leaves only what was published or changed after it."""
        self.query_filter = query_filter
        self.changed = {"changed__gte": changed_since} if changed_since else {}
        self.public = Entry.objects.public(channel=channel).filter(**self.changed)
        self.channel = channel

    def entries(self):
        """All that match, newest first."""
        if self.query_filter.q:
            return filter_by_words(self.unindexed_entries(), self.query_filter)
        return filter_rows(self.public, self.query_filter).newest_first()

    def unindexed_entries(self):
        """The entries that match in what the index of words does not know: language, moment, channel, own text."""
        unknown = self.query_filter.without(*INDEXED_FACETS)
        return filter_rows(self.public, replace(unknown, q="", situation="")).newest_first()

    def count(self):
        """How many match; None where that is more than MAX_COUNTED, since counting costs what is found."""
        if self.query_filter.q:
            return None
        found = self.entries().order_by().values("pk")[: MAX_COUNTED + 1].count()
        return found if found <= MAX_COUNTED else None

    def get_page(self, before="", *, size=None, unread=LIST_DEFERRED_FIELDS, is_ranked=False):
        """At most `size` (or PAGE_SIZE) entries after the cursor; `unread` names columns that are not fetched."""
        size = size or PAGE_SIZE
        if self.query_filter.q:
            entries = self.unindexed_entries().defer(*unread)
            page = get_page_by_words(self.query_filter, entries, before, size=size, is_ranked=is_ranked)
        else:
            page = get_page_by_date(self.build_streams(), before, size=size, unread=unread)
        next_address = self.query_filter.address(before=page.cursor) if page.cursor else None
        return EntryPage(page.entries, next_address, page.cursor, page.following)

    def build_streams(self):
        """Rows newest first, one queryset for each value of the facet by whose index they are found, and the column
        of the entry's key in them; together they hold every entry that matches."""
        driver = next((name for name in DRIVING_FACETS if name in self.query_filter.chosen), None)
        if driver is None or self.changed:
            return [(self.entries(), "pk")]
        values, rest = self.query_filter.chosen[driver], self.query_filter.without(driver)
        if column := FACETS[driver].column:
            rows = [Entry.objects.filter(**{column: value}) for value in values]
        else:
            rows = [EntryFacet.objects.filter(facet=driver, slug=value) for value in values]
        public = [one.public(channel=self.channel) for one in rows]
        return [(filter_rows(one, rest).newest_first(), "pk" if column else "entry") for one in public]


def filter_rows(rows, query_filter):
    """Those of the rows (entries, or labels, which repeat their columns) that match in all but the words."""
    rows = rows.filter(language=query_filter.language).exclude(section="")
    if query_filter.situation:
        rows = rows.filter(situation=query_filter.situation)
    for name, values in query_filter.chosen.items():
        rows = FACETS[name].filter_rows(rows, values)
    return rows
