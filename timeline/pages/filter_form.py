"""The form that narrows a list: what it offers, and what it keeps of a filter without offering it."""

from django.utils.translation import gettext_lazy

from timeline.search.facets import FACETS

ANY_LABELS = {
    "kind": gettext_lazy("All kinds"),
    "year": gettext_lazy("All years"),
    "in": gettext_lazy("Any language"),
    "tag": gettext_lazy("All tags"),
    "section": gettext_lazy("All sections"),
    "partner": gettext_lazy("All partners"),
    "month": gettext_lazy("All months"),
}
SHORT_FORM_FACETS = ("kind", "year", "in")
FULL_FORM_FACETS = ("section", "kind", "year", "month", "in", "tag", "partner")
MAX_CHOICES = 60  # values of a facet in a form, those that find most


def get_form_facets(query_filter, facets):
    """Months are offered beside a year or a month alone."""
    return [name for name in facets if name != "month" or {"year", "month"} & query_filter.chosen.keys()]


def build_filter_form(words, facets):
    """The form of a filter, by its `FilterWords`; it asks anew."""
    query_filter = words.query_filter
    selects = [build_select(words, name) for name in facets]
    offered = {name for name in facets if len(query_filter.chosen.get(name, ())) < 2}
    kept = {name: values for name, values in query_filter.chosen.items() if name not in offered}
    return {
        "action": query_filter.cleared(since=None).address(),
        "kept": [(name, value) for name, values in kept.items() for value in values],
        "selects": [select for select in selects if select["choices"] or select["name"] not in offered],
    }


def build_select(words, name):
    """One choice of the form. Of several values that are active the form keeps all, and offers one more beside them."""
    choices = get_form_choices(words, name)
    active = [choice for choice in choices if choice.active]
    others = [choice for choice in choices if not choice.active] if len(active) > 1 else choices
    listed = [choice for place, choice in enumerate(others) if place < MAX_CHOICES or choice.active]
    return {
        "name": name,
        "label": FACETS[name].label,
        "any": words.describe_facet(name) if len(active) > 1 else ANY_LABELS[name],
        "choices": listed,
        "left_out": f"{len(listed)} / {len(others)}" if len(listed) < len(others) else "",
    }


def get_form_choices(words, name):
    """Months are offered of the years that the filter names, which are few."""
    choices = words.get_choices(name)
    if name != "month":
        return choices
    chosen = words.query_filter.chosen
    years = {value[:4] for facet in ("year", "month") for value in chosen.get(facet, ())}
    return [choice for choice in choices if choice.value[:4] in years]
