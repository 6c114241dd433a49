"""What the first page of the desk counts of testimonies: the consents that have to be asked again soon."""

from django.urls import reverse
from django.utils.translation import gettext as _

from desk.dashboard_tiles import register_waiting_count
from staff.dashboard import TileCount

from .models import Consent


@register_waiting_count
def count_due_consents(account):
    if not account.has_perm("stories.view_consent"):
        return None
    url = reverse("admin:stories_survivorstory_changelist") + "?consent=due"
    return TileCount(Consent.objects.due().count(), _("consents to be asked again"), url, _("within 14 days"))
