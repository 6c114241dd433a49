"""What a list of entries shows besides them: months, the form that narrows it, what would match instead.

Each function returns a part of a template's context. Which entries match is the matter of `search/filters.py`.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from timeline.search.counting import count_values_alone
from timeline.search.facets import FACETS, SECTIONS
from timeline.search.matching import MAX_COUNTED, Highlighter
from timeline.search.paging import decode_cursor_date

from . import month_groups
from .monthly_chart import build_update_chart

ANY_LABELS = {
    "kind": gettext_lazy("All kinds"),
    "year": gettext_lazy("All years"),
    "in": gettext_lazy("Any language"),
    "tag": gettext_lazy("All tags"),
    "section": gettext_lazy("All sections"),
    "partner": gettext_lazy("All partners"),
    "month": gettext_lazy("All months"),
}
SHORT_FORM_FACETS, FULL_FORM_FACETS = (
    ("kind", "year", "in"),
    ("section", "kind", "year", "month", "in", "tag", "partner"),
)
MIN_STORIES_SHOWN = 4  # testimonies that are at least in sight on the first page of a timeline
FIRST_PAGE_SIZE = 40  # entries on the first page of a timeline; later pages and other lists are shorter
MAX_CHOICES = 60  # values of a facet in a form, those that find most
MAX_SUGGESTIONS = 4


# --- The timeline of a situation --------------------------------------------------------------


def build_timeline_context(shown, *, language):
    """Context of the first page of one situation, for an empty filter."""
    page = shown.page(size=FIRST_PAGE_SIZE)
    parts = {
        name: [entry for entry in page.entries if entry.section == name] for name in ("updates", "stories", "news")
    }
    counts = count_sections(shown)
    more = get_more_stories(shown, parts["stories"], counts)
    voices = [*parts["stories"], *more]
    groups = group_page_by_month(shown, page, parts["updates"])
    return {
        "groups": groups,
        "lead": next(iter(parts["updates"]), None),
        "newest": next((entry for entry in parts["updates"] if entry.precision == "day"), None),
        "stories": parts["stories"],
        "more_stories": more,
        "stories_shown": len(voices),
        # A short line stands large better than a long one.
        "teaser": min(voices, key=lambda entry: len(entry.facts["original"]["title"]), default=None),
        "news": parts["news"],
        "counts": counts,
        "tempo": build_update_chart(
            situation=shown.situation,
            language=language,
            is_paged=bool(page.next_address),
            undated=next((group.anchor for group in groups if group.is_undated), ""),
        ),
        "next_address": page.next_address,
        "own": get_own_language_choice(shown, sum(counts.values())),
        "form": build_filter_form(shown, SHORT_FORM_FACETS),
    }


def count_sections(shown):
    """Section -> how many entries it has, all filters aside."""
    return {"updates": 0, "stories": 0, "news": 0} | FACETS["section"].get_stored_counts(shown.facet_counts())


def get_more_stories(shown, stories, counts):
    """Testimonies older than this page, where it shows too few of those there are."""
    wanted = min(MIN_STORIES_SHOWN, counts["stories"]) - len(stories)
    if wanted <= 0:
        return []
    here = [entry.pk for entry in stories]
    return list(shown.changed(section="stories").entries().exclude(pk__in=here).defer("words", "body")[:wanted])


# --- Any other list ---------------------------------------------------------------------------


def build_results_context(shown, *, before):
    """Context of a filtered list, or of a later page."""
    # Of what was searched for, a passage of the text is shown.
    page = shown.page(before, unread=["words"], is_ranked=shown.is_ranked) if shown.q else shown.page(before)
    count = shown.count()
    total = sum(count_sections(shown).values()) if count != 0 else 0
    form = build_filter_form(shown, FULL_FORM_FACETS)
    chips = shown.chips()
    return {
        "groups": [] if shown.is_ranked else group_page_by_month(shown, page, page.entries, before=before),
        "ranked": page.entries if shown.is_ranked else [],
        "other_order": shown.changed(order="date" if shown.is_ranked else None).address() if shown.q else "",
        "found": Highlighter(shown.q) if shown.q else None,
        "heading": build_heading(shown, count, total),
        "section_word": SECTIONS.get(get_only_section(shown), ""),
        "chips": chips,
        "clear_address": shown.changed(**dict.fromkeys([*shown.chosen, "q", "since"])).address(),
        "leaves_out_undated": bool({"year", "month"} & shown.chosen.keys()),
        "would_match": [] if page.entries else suggest_broader_filters(shown, chips),
        "most_counted": MAX_COUNTED,
        "next_address": page.next_address,
        "is_later_page": bool(before),
        "first_address": shown.address(),
        "own": get_own_language_choice(shown, count),
        "form": form,
    }


def build_heading(shown, count, total):
    if shown.is_empty:
        return _("All updates and testimonies")
    if section := get_only_section(shown):
        return str(SECTIONS[section])
    if count is None:
        words = ngettext("More than %(count)d of %(total)d entry", "More than %(count)d of %(total)d entries", total)
        return words % {"count": MAX_COUNTED, "total": total}
    if not count:
        return _("No updates match")
    words = ngettext("%(count)d of %(total)d entry", "%(count)d of %(total)d entries", total)
    return words % {"count": count, "total": total}


def get_only_section(shown):
    """The section, where the filter asks for one and nothing else."""
    sections = shown.chosen.get("section", ())
    known = len(sections) == 1 and sections[0] in SECTIONS and len(shown.chosen) == 1 and not shown.q
    return sections[0] if known else ""


def suggest_broader_filters(shown, chips):
    """(chip, count, address) for each part of the filter that finds something alone; None for more than are counted."""
    if len(chips) < 2:
        return []
    chips = chips[:MAX_SUGGESTIONS]
    kept = count_values_alone(
        shown, [(chip.facet, chip.value) for chip in chips if chip.facet not in {"q", "situation"}]
    )
    parts = [(chip, filter_by_chip(shown, chip)) for chip in chips]
    known = [kept[pair] if (pair := (chip.facet, chip.value)) in kept else part.count() for chip, part in parts]
    counted = [(chip, count, part.address()) for (chip, part), count in zip(parts, known, strict=True)]
    return [row for row in counted if row[1] != 0]


def filter_by_chip(shown, chip):
    nothing = dict.fromkeys([*shown.chosen, "q"])
    return shown.changed(**nothing | ({"q": shown.q} if chip.facet == "q" else {chip.facet: chip.value}))


# --- Parts of both ----------------------------------------------------------------------------


def group_page_by_month(shown, page, entries, *, before=None):
    """The entries by month; neighbours beyond the edges of the page are looked up only where a heading names them."""
    newer = older = None
    if before:
        date = decode_cursor_date(before, shown)
        newer = (
            date if has_dated_entry(entries[:1]) else get_nearest_date(shown.entries().reverse().filter(date__gte=date))
        )
    if page.following:
        following = page.following
        older = following.date if has_dated_entry([following]) else None
        if not older and not has_dated_entry(entries[-1:]):
            older = get_nearest_date(shown.entries().filter(date__lte=following.date))
    return month_groups.group_by_month(entries, newer=newer, older=older)


def get_own_language_choice(shown, count):
    """The choice of what can be read in the reader's language; None where that is nothing, or all there is."""
    choices = [] if "text" in shown.chosen or count is None else shown.choices("text")
    return next((choice for choice in choices if (choice.count or 0) < count), None)


def has_dated_entry(entries):
    return any(entry.precision in month_groups.MONTH_PRECISIONS for entry in entries)


def get_nearest_date(entries):
    return entries.filter(precision__in=month_groups.MONTH_PRECISIONS).values_list("date", flat=True).first()


def build_filter_form(shown, names):
    """The form that asks anew: what it offers, and what it keeps of the filter without offering it."""
    names = [name for name in names if name != "month" or {"year", "month"} & shown.chosen.keys()]
    shown.load_counts([*names, *{"text"}.difference(shown.chosen)])
    selects = [build_select(shown, name) for name in names]
    offered = {name for name in names if len(shown.chosen.get(name, ())) < 2}
    return {
        "action": shown.changed(q=None, since=None, **dict.fromkeys(shown.chosen)).address(),
        "kept": [(name, value) for name, values in shown.chosen.items() if name not in offered for value in values],
        "selects": [select for select in selects if select["choices"] or select["name"] not in offered],
    }


def build_select(shown, name):
    """One choice of the form. Of several values that are active the form keeps all, and offers one more beside them."""
    choices = get_form_choices(shown, name)
    active = [choice for choice in choices if choice.active]
    others = [choice for choice in choices if not choice.active] if len(active) > 1 else choices
    listed = [choice for place, choice in enumerate(others) if place < MAX_CHOICES or choice.active]
    return {
        "name": name,
        "label": FACETS[name].word,
        "any": shown.said(name) if len(active) > 1 else ANY_LABELS[name],
        "choices": listed,
        "left_out": f"{len(listed)} / {len(others)}" if len(listed) < len(others) else "",
    }


def get_form_choices(shown, name):
    """Months are offered of the years that the filter names, which are few."""
    choices = shown.choices(name)
    if name != "month":
        return choices
    years = {value[:4] for facet in ("year", "month") for value in shown.chosen.get(facet, ())}
    return [choice for choice in choices if choice.value[:4] in years]
