"""Tells which editions carried an item into mailboxes, from where nothing can be called back."""

from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from publishing.external_copies import ExternalCopy, get_published_releases
from publishing.signals import external_copies_requested
from staff.datetime_widgets import format_desk_datetime

from .models import Edition


@receiver(external_copies_requested)
def find_edition_copies(item, **kwargs):
    """Each edition of which mail left with this item in it, the newest first."""
    number = get_published_releases(item).values_list("pk", flat=True).first()
    mailed = Edition.objects.filter(sent__gt=0).order_by("-pk").only("pk", "numbers", "send_from", "sent", "words")
    for edition in mailed.iterator(chunk_size=500):
        if number in edition.numbers:
            count = ngettext_lazy("%(count)d mail", "%(count)d mails", "count") % {"count": edition.sent}
            facts = {"number": edition.pk, "when": format_desk_datetime(edition.send_from)}
            yield ExternalCopy("edition", _("Edition %(number)d of %(when)s") % facts, count)
