"""What the first page of the desk counts of testimonies: the consents that have to be asked again soon."""

from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _

from desk.signals import waiting_counts_requested
from staff.dashboard import TileCount

from .models import Consent


@receiver(waiting_counts_requested)
def count_due_consents(account, **kwargs):
    if not account.has_perm("stories.view_consent"):
        return None
    url = reverse("admin:stories_survivorstory_changelist") + "?consent=due"
    return TileCount(Consent.objects.due().count(), _("consents to be asked again"), url, _("within 14 days"))
