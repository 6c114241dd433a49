"""This module knows by what a reader can filter: each facet's parameter, form, place in the data, and words.

Not here: how facets combine (`filters.py`), nor what a typed query finds (`matching.py`).
"""

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.db.models import Count, Exists, OuterRef, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from publishing.kinds import get_kind_label
from publishing.models import Entry, EntryFacet, FacetCount
from publishing.text import date_words
from publishing.text.availability import describe_languages
from publishing.text.languages import get_native_name

MAX_VALUES_PER_FACET = 40
SECTIONS = {"updates": _("Updates"), "stories": _("Testimonies"), "news": _("Other news")}


class BadFilter(BadRequest):
    """A query that cannot be meant; the message is a sentence that names the parameter. Uncaught, it answers 400."""


@dataclass(frozen=True)
class Facet:
    """`column` of `Entry` holds the value; without one it is a label of the entry (`EntryFacet`)."""

    name: str
    form: str
    label: Promise
    removal: Promise
    column: str = ""

    def parse_values(self, query):
        """The values a query gives for this facet, each once and in order; empty ones do not count."""
        values = {value.strip() for value in query.getlist(self.name)} - {""}
        if len(values) > MAX_VALUES_PER_FACET:
            raise BadFilter(_("Too many values for “%(name)s”.") % {"name": self.name})
        for value in values:
            if not re.fullmatch(self.form, value):
                raise BadFilter(_("“%(name)s” has a value that is not valid.") % {"name": self.name})
        return tuple(sorted(values))

    def filter_rows(self, rows, values):
        """Those of the rows, entries or labels of entries, that carry one of the values."""
        if self.column:
            known = rows.filter(**{f"{self.column}__in": values})
            return known.filter(date__range=DATE_SPANS[self.name](values)) if self.name in DATE_SPANS else known
        entry = OuterRef(get_entry_column(rows))
        return rows.filter(Exists(EntryFacet.objects.filter(facet=self.name, slug__in=values, entry=entry)))

    def count(self, rows):
        """Value -> how many of the entries carry it, counted one by one; rows are entries or labels of entries."""
        if self.column:
            found = rows.order_by().exclude(**{self.column: ""}).values_list(self.column).annotate(Count("pk"))
        else:
            found = [(value, n) for _facet, value, n in count_labels(rows, [self.name])]
        return dict(found)

    def sum_stored_counts(self, stored):
        """Value -> how many entries carry it, from the counts kept at release."""
        if self.name == "situation":
            rows = stored.filter(facet="section").values_list("situation").annotate(Sum("n"))
        else:
            rows = stored.filter(facet=self.name).values_list("value").annotate(Sum("n"))
        return dict(rows)


def build_group_key(column):
    """The column to group by, said so that no database walks a whole index for having it in order."""
    return Coalesce(column, Value(""))


def count_labels(rows, facets):
    """(facet, value, how many of the entries carry it) of labels, as a queryset."""
    labels = EntryFacet.objects.filter(facet__in=facets, entry__in=rows.order_by().values(get_entry_column(rows)))
    return labels.values_list(build_group_key("facet"), build_group_key("slug")).annotate(Count("pk"))


def count_rows(rows, name):
    """(name, "", how many of the rows there are), to stand among such counts."""
    return rows.order_by().values_list(Value(name), Value("")).annotate(Count("pk"))


def count_months(rows):
    """The same of the months in which the entries lie."""
    dated = rows.order_by().exclude(month="")
    return dated.values_list(Value("month"), build_group_key("month")).annotate(Count("pk"))


def get_entry_column(rows):
    """The column that names the entry."""
    return "entry" if rows.model is EntryFacet else "pk"


def get_year_span(values):
    """(first, last) day between which entries of these years lie, so that an index by date finds them."""
    return f"{max(values[0], '0001')}-01-01", f"{max(values[-1], '0001')}-12-31"


def get_month_span(values):
    year, month = map(int, values[-1].split("-"))
    return f"{values[0]}-01", f"{values[-1]}-{monthrange(year, month)[1]}"


DATE_SPANS = {"year": get_year_span, "month": get_month_span}
SLUG_PATTERN = r"[-\w]{1,100}"
FACETS = {
    facet.name: facet
    for facet in (
        Facet("kind", r"[a-z-]{1,30}", _("Kind"), _("Remove kind"), "kind"),
        Facet("tag", SLUG_PATTERN, _("Tag"), _("Remove tag")),
        Facet("partner", SLUG_PATTERN, _("Partner"), _("Remove partner")),
        Facet("in", r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,2}", _("Language"), _("Remove language"), "original_language"),
        Facet("year", r"[0-9]{4}", _("Year"), _("Remove year"), "year"),
        Facet("month", r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])", _("Month"), _("Remove month"), "month"),
        Facet("section", r"[a-z]{1,10}", _("Section"), _("Remove section"), "section"),
        Facet("text", r"own", _("Text"), _("Remove language")),
        Facet("situation", SLUG_PATTERN, _("Situation"), _("Remove situation"), "situation"),
    )
}


# --- What values are called -------------------------------------------------------------------


NAMED_FACETS = ("tag", "partner")  # facets whose values have names that stand in the data


def get_value_names(facet, values, *, language):
    """Value -> how readers of `language` call it; at most one query."""
    return get_value_names_by_facet({facet: values}, language=language)[facet]


def get_value_names_by_facet(wanted, *, language):
    """Facet -> the same, of facet -> values; tags and partners in one query."""
    labelled = get_label_names({facet: wanted[facet] for facet in NAMED_FACETS if wanted.get(facet)}, language=language)
    words = {}
    for facet, values in wanted.items():
        if facet in NAMED_FACETS:
            known = labelled.get(facet, {})
        elif facet == "situation":
            known = get_situation_titles(values, language=language)
        else:
            known = {value: VALUE_FORMATTERS[facet](value) for value in values}
        words[facet] = {value: str(known.get(value, value)) for value in values}
    return words


def get_label_names(wanted, *, language):
    """Facet -> value -> name: only names that some public entry shows; where two differ, the one shown more often."""
    names = {facet: {} for facet in wanted}
    if not wanted:
        return names
    values = {value for asked in wanted.values() for value in asked}
    rows = FacetCount.objects.public().filter(facet__in=wanted, value__in=values, language=language)
    counted = rows.values_list("facet", "value", "label").annotate(n=Sum("n"))
    for facet, value, label, _n in counted.order_by("n", "label"):
        names[facet][value] = label
    return names


def get_situation_titles(slugs, *, language):
    situations = Entry.objects.public().filter(type="situation", language=language, slug__in=slugs)
    return dict(situations.values_list("slug", "title"))


def format_month_value(value):
    """“August 2020”, in the active language; `value` is as in an address: 2020-08."""
    return date_words.format_month(dt.date.fromisoformat(f"{value}-01"))


VALUE_FORMATTERS = {
    "kind": get_kind_label,
    "in": get_native_name,
    "year": str,
    "month": format_month_value,
    "section": lambda value: SECTIONS.get(value, value),
    "text": lambda value: describe_languages([get_language()]),
}


def sort_values(facet, counts, names):
    """The values of a facet as a reader looks for them: times from the newest, the rest from the most frequent."""
    if facet in {"year", "month"}:
        return sorted(counts, reverse=True)
    return sorted(counts, key=lambda value: (-counts[value], names[value]))
