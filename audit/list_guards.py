"""The base of every admin: a list answers questions about what it offers to filter by, and about nothing else.

Django lets the address of a list ask about any column of its model, hidden ones too, a letter at a time.
"""

from django.contrib import admin

# What Django's own filters write into an address after the name of a field.
FILTER_LOOKUPS = {
    "",
    "exact",
    "in",
    "isnull",
    "gte",
    "gt",
    "lte",
    "lt",
    "year",
    "month",
    "day",
    "id__exact",
    "pk__exact",
}


class GuardedAdmin(admin.ModelAdmin):
    """`linked_filters` names fields that pages link to a list with, though it offers no filter for them itself."""

    linked_filters = ()

    def lookup_allowed(self, lookup, value, request=None):
        names = [*map(get_filter_name, self.get_list_filter(request)), self.date_hierarchy, *self.linked_filters]
        return any(is_filter_lookup(lookup, name) for name in names if name)


def get_filter_name(one):
    """The field or the parameter of an entry of `list_filter`."""
    if isinstance(one, (list, tuple)):
        return one[0]
    return getattr(one, "parameter_name", one)


def is_filter_lookup(lookup, name):
    return lookup == name or (lookup.startswith(f"{name}__") and lookup.removeprefix(f"{name}__") in FILTER_LOOKUPS)
