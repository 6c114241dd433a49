"""This module knows which words of an item the safety check asks about that nobody has looked at yet.

Not here: what is found (`patterns.py`), how somebody says that they looked (`desk/transitions/acknowledgements.py`).
"""

from dataclasses import dataclass

from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from publishing.batches import in_batches
from publishing.models import Acknowledgement
from publishing.signals import related_data_requested

from .fields import FieldText, get_field_texts
from .names import compute_words_hash
from .patterns import FINDING_KINDS, TextFinding, screen_text

FINDING_REASONS = {
    "shared-document": _("Readers may see more there than you meant to show, and its owner sees who opens it."),
    "tracking": _("It tells who shared the link with whom. The address works without it."),
    "coordinates": _("They lead to a door, a grave or a hiding place."),
    "email": _("Whoever writes there can be traced, and so can its owner."),
    "handle": _("An account leads to a person and to everyone that person knows."),
    "identity": _("It names one person beyond doubt, for good."),
    "birth-date": _("With a first name or a town it names one person."),
    "plate": _("A registry knows the owner."),
    "address": _("Somebody lives or works behind this door."),
    "phone": _("It leads to one person, and to where that person is."),
}


@dataclass(frozen=True)
class ItemFinding:
    """`mark` names these words of this kind without saying them."""

    place: FieldText
    finding: TextFinding
    mark: str

    @property
    def kind(self):
        return FINDING_KINDS[self.finding.kind]

    @property
    def why(self):
        return FINDING_REASONS[self.finding.kind]


@receiver(related_data_requested)
def get_acknowledgements(item, **kwargs):
    return Acknowledgement.objects.filter(uid=item.uid)


def screen_item(item, *, among=get_field_texts):
    """Everything that `patterns.screen_text` has to say about an item, looked at or not, the same words once a
    place."""
    seen = {}
    for place in among(item):
        for finding in screen_text(place.text, language=place.language):
            one = ItemFinding(place, finding, hash_finding(finding))
            seen.setdefault((one.mark, place.field, place.label), one)
    return list(seen.values())


def hash_finding(finding):
    words = " ".join(finding.excerpt.casefold().split())
    return compute_words_hash(finding.kind, words, domain="looked at")


def get_open_findings(item, *, among=get_field_texts):
    """What nobody has looked at yet."""
    found = screen_item(item, among=among)
    known = set(get_acknowledgements(item).values_list("words", flat=True)) if found else set()
    return [one for one in found if one.mark not in known]


def get_open_findings_by_uid(items):
    """uid -> what nobody has looked at yet, for each of many items that has any; a query for each 500 of those."""
    found = {item.uid: mine for item in items if (mine := screen_item(item))}
    uids, known = list(found), set()
    for batch in in_batches(uids):
        rows = Acknowledgement.objects.filter(uid__in=batch)
        known.update(rows.values_list("uid", "words"))
    left = {uid: [one for one in mine if (uid, one.mark) not in known] for uid, mine in found.items()}
    return {uid: mine for uid, mine in left.items() if mine}
