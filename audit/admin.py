"""The audit log to read: for the auditor, who changes nothing, and for nobody to change."""

import json

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from .list_guards import GuardedAdmin
from .models import Event


@admin.register(Event)
class EventAdmin(GuardedAdmin):
    list_display = ["moment", "actor", "verb", "subject", "details"]
    list_display_links = ["moment"]
    list_filter = [("at", admin.DateFieldListFilter), "verb", "actor"]
    search_fields = ["=actor", "verb", "=subject"]
    search_help_text = _("Search by user, action or object, for example “update.published” or “account:3”.")
    ordering = ["-pk"]
    list_per_page = 50
    show_full_result_count = False  # counting a log of years takes longer than reading it
    fields = ["moment", "actor", "verb", "subject", "details", "previous", "digest"]
    readonly_fields = fields
    actions = None

    def get_search_results(self, request, queryset, search_term):
        # Thousands of words would make a condition deeper than SQLite reads.
        return super().get_search_results(request, queryset, search_term[:200])

    @admin.display(description=_("when (UTC)"), ordering="pk")
    def moment(self, event):
        return f"{event.at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description=_("details"))
    def details(self, event):
        return ", ".join(
            f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
            for name, value in event.detail.items()
        )

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
