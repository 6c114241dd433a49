"""Lists of entries: the first page of a situation's timeline, and what any filter finds.

A listing is made once for a request; it asks each question about its filter once, and knows the context of its page.
Not here: the form that narrows it (`filter_form.py`), how entries fall into months (`month_groups.py`).
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline.search.facet_counts import FacetCounts
from timeline.search.facets import SECTIONS
from timeline.search.filter_words import FilterWords
from timeline.search.highlighting import Highlighter
from timeline.search.matching import MAX_COUNTED
from timeline.search.paging import decode_cursor_date
from timeline.search.results import LIST_DEFERRED_FIELDS, FilterResults
from timeline.search.stored_counts import count_sections

from .filter_form import FULL_FORM_FACETS, SHORT_FORM_FACETS, build_filter_form, get_form_facets
from .month_groups import MONTH_PRECISIONS, group_by_month
from .monthly_chart import build_update_chart

MIN_STORIES_SHOWN = 4  # testimonies that are at least in sight on the first page of a timeline
FIRST_PAGE_SIZE = 40  # entries on the first page of a timeline; later pages and other lists are shorter
MAX_SUGGESTIONS = 4


class Listing:
    """A filter with a page of what it finds, how much that is, and its words."""

    offered_facets = ()

    def __init__(self, query_filter, *, before="", **options):
        self.query_filter = query_filter
        self.form_facets = get_form_facets(query_filter, self.offered_facets)
        self.results = FilterResults(query_filter)
        self.counts = FacetCounts(query_filter, facets=[*self.form_facets, *{"text"}.difference(query_filter.chosen)])
        self.words = FilterWords(query_filter, counts=self.counts)
        self.before = before
        self.page = self.results.get_page(before, **options)

    def build_form(self):
        return build_filter_form(self.words, self.form_facets)

    def get_own_language_choice(self, count):
        """The choice of what can be read in the reader's language; None where that is nothing, or all there is."""
        choices = [] if "text" in self.query_filter.chosen or count is None else self.words.get_choices("text")
        return next((choice for choice in choices if (choice.count or 0) < count), None)

    def group_by_month(self, entries):
        """Entries of the page by month; neighbours beyond its edges are looked up only where a heading names them."""
        newer = older = None
        if self.before:
            date = decode_cursor_date(self.before, is_search=bool(self.query_filter.q))
            beyond = self.results.entries().reverse().filter(date__gte=date)
            newer = date if has_dated_entry(entries[:1]) else get_nearest_date(beyond)
        if following := self.page.following:
            older = following.date if has_dated_entry([following]) else None
            if not older and not has_dated_entry(entries[-1:]):
                older = get_nearest_date(self.results.entries().filter(date__lte=following.date))
        return group_by_month(entries, newer=newer, older=older)


def has_dated_entry(entries):
    return any(entry.precision in MONTH_PRECISIONS for entry in entries)


def get_nearest_date(entries):
    return entries.filter(precision__in=MONTH_PRECISIONS).values_list("date", flat=True).first()


# --- The timeline of a situation --------------------------------------------------------------


class TimelineListing(Listing):
    """The first page of one situation, for an empty filter."""

    offered_facets = SHORT_FORM_FACETS

    def __init__(self, query_filter):
        super().__init__(query_filter, size=FIRST_PAGE_SIZE)
        self.section_counts = count_sections(query_filter)
        self.groups = self.group_by_month(self.get_section("updates"))

    def get_section(self, name):
        return [entry for entry in self.page.entries if entry.section == name]

    def get_context(self):
        updates, stories, more = self.get_section("updates"), self.get_section("stories"), self.get_more_stories()
        # A short line stands large better than a long one.
        teaser = min([*stories, *more], key=lambda entry: len(entry.facts["original"]["title"]), default=None)
        return {
            "groups": self.groups,
            "lead": next(iter(updates), None),
            "newest": next((entry for entry in updates if entry.precision == "day"), None),
            "stories": stories,
            "more_stories": more,
            "stories_shown": len(stories) + len(more),
            "teaser": teaser,
            "news": self.get_section("news"),
            "counts": self.section_counts,
            "tempo": self.build_chart(),
            "next_address": self.page.next_address,
            "own": self.get_own_language_choice(sum(self.section_counts.values())),
            "form": self.build_form(),
        }

    def get_more_stories(self):
        """Testimonies older than this page, where it shows too few of those there are."""
        here = [entry.pk for entry in self.get_section("stories")]
        wanted = min(MIN_STORIES_SHOWN, self.section_counts["stories"]) - len(here)
        if wanted <= 0:
            return []
        stories = FilterResults(self.query_filter.changed(section="stories")).entries()
        return list(stories.exclude(pk__in=here).defer(*LIST_DEFERRED_FIELDS)[:wanted])

    def build_chart(self):
        undated = next((group.anchor for group in self.groups if group.is_undated), "")
        return build_update_chart(self.query_filter, is_paged=bool(self.page.next_address), undated_anchor=undated)


# --- Any other list ---------------------------------------------------------------------------


class ResultsListing(Listing):
    """What a filter finds, or a later page of it."""

    offered_facets = FULL_FORM_FACETS

    def __init__(self, query_filter, *, before=""):
        # Of what was searched for, a passage of the text is shown.
        unread = ["words"] if query_filter.q else LIST_DEFERRED_FIELDS
        super().__init__(query_filter, before=before, unread=unread, is_ranked=query_filter.is_ranked)
        self.count = self.counts.count()
        self.chips = self.words.build_chips()

    def get_context(self):
        query_filter, entries = self.query_filter, self.page.entries
        turned = query_filter.changed(order="date" if query_filter.is_ranked else None)
        return {
            "groups": [] if query_filter.is_ranked else self.group_by_month(entries),
            "ranked": entries if query_filter.is_ranked else [],
            "other_order": turned.address() if query_filter.q else "",
            "found": Highlighter(query_filter.q) if query_filter.q else None,
            "heading": self.build_heading(),
            "section_word": SECTIONS.get(get_only_section(query_filter), ""),
            "chips": self.chips,
            "clear_address": query_filter.cleared(since=None).address(),
            "leaves_out_undated": bool({"year", "month"} & query_filter.chosen.keys()),
            "would_match": [] if entries else self.suggest_broader_filters(),
            "most_counted": MAX_COUNTED,
            "next_address": self.page.next_address,
            "is_later_page": bool(self.before),
            "first_address": query_filter.address(),
            "own": self.get_own_language_choice(self.count),
            "form": self.build_form(),
        }

    def build_heading(self):
        if self.query_filter.is_empty:
            return _("All updates and testimonies")
        if section := get_only_section(self.query_filter):
            return str(SECTIONS[section])
        if self.count == 0:
            return _("No updates match")
        total = sum(count_sections(self.query_filter).values())
        if self.count is None:
            much = ngettext("More than %(count)d of %(total)d entry", "More than %(count)d of %(total)d entries", total)
            return much % {"count": MAX_COUNTED, "total": total}
        words = ngettext("%(count)d of %(total)d entry", "%(count)d of %(total)d entries", total)
        return words % {"count": self.count, "total": total}

    def suggest_broader_filters(self):
        """(chip, count, address) for each part of the filter that finds something alone; None for more than are
        counted."""
        if len(self.chips) < 2:
            return []
        chips = self.chips[:MAX_SUGGESTIONS]
        pairs = [(chip.facet, chip.value) for chip in chips if chip.facet not in {"q", "situation"}]
        stored = self.counts.count_values_alone(pairs)
        rows = []
        for chip in chips:
            alone = self.query_filter.cleared(**{chip.facet: chip.value or self.query_filter.q})
            pair = (chip.facet, chip.value)
            count = stored[pair] if pair in stored else self.counts.beside(alone).count()
            rows.append((chip, count, alone.address()))
        return [row for row in rows if row[1] != 0]


def get_only_section(query_filter):
    """The section, where the filter asks for one and nothing else."""
    sections = query_filter.chosen.get("section", ())
    known = len(sections) == 1 and sections[0] in SECTIONS and len(query_filter.chosen) == 1 and not query_filter.q
    return sections[0] if known else ""
