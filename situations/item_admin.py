"""The half of the desk that updates and testimonies share: sheets in and out, tags, and where an item stands."""

from django.utils.translation import gettext_lazy as _

from desk.admin import PublicationAdmin
from publishing.text.translated_values import get_columns

from .spreadsheets.pages import Spreadsheets

DATE_SECTION = (_("When"), [("date", "date_precision")])
TAGS_SECTION = (_("Tags"), ["tags", "tell_now"])


class TimelineItemAdmin(PublicationAdmin):
    pages = [Spreadsheets, *PublicationAdmin.pages]
    change_list_template = "admin/desk/spreadsheet_change_list.html"
    exclude = ["tags"]  # as a field of the model: the form has its own
    list_select_related = ["situation", "edited_by"]
    search_fields = [*get_columns("title"), "slug"]
