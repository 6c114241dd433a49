"""What the first page of the desk counts of testimonies: the consents that have to be asked again soon."""

from django.urls import reverse
from django.utils.translation import gettext as _

from desk.today import also_waiting
from staff.dashboard import Count

from .models import Consent


@also_waiting
def consents(account):
    if not account.has_perm("stories.view_consent"):
        return None
    url = reverse("admin:stories_survivorstory_changelist") + "?consent=due"
    return Count(Consent.objects.due().count(), _("consents to be asked again"), url, _("within 14 days"))
