"""The half of the desk that updates and testimonies share: sheets in and out, tags, and where an item stands."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from desk.admin import PublicationAdmin

from .spreadsheet_pages import SpreadsheetAdminMixin

DATE_SECTION = (_("When"), [("date", "date_precision")])
TAGS_SECTION = (_("Tags"), ["tags", "tell_now"])


class TimelineItemAdmin(SpreadsheetAdminMixin, PublicationAdmin):
    exclude = ["tags"]  # as a field of the model: the form has its own
    list_select_related = ["situation", "edited_by"]
    search_fields = [*(f"title_{code}" for code in settings.SHIPPED_LANGUAGES), "slug"]
