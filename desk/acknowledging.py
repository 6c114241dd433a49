"""This module knows which words of an item the safety check asks about, and that somebody looked at them.

Nothing here blocks: a finding is shown, and what was looked at once is not asked about again while the words stay.
Kept is a keyed hash of the words, and in the log only how many there were of which kind.
Not here: what is found (`publishing/safety.py`), the names that do block (`publishing/names.py`).
"""

from collections import Counter
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from publishing import workflow
from publishing.models import Acknowledgement
from publishing.names import hash_of_words
from publishing.places import Place, on_the_form, places
from publishing.remains import keeps
from publishing.safety import KINDS, Finding, findings

WHY = {
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
ALL = "all"


@dataclass(frozen=True)
class Found:
    """`mark` names these words of this kind without saying them."""

    place: Place
    finding: Finding
    mark: str

    @property
    def kind(self):
        return KINDS[self.finding.kind]

    @property
    def why(self):
        return WHY[self.finding.kind]


@keeps
def acknowledgements(item):
    return Acknowledgement.objects.filter(uid=item.uid)


def found_in(item, *, among=places):
    """Everything that `safety.findings` has to say about an item, looked at or not, the same words once a place."""
    seen = {}
    for place in among(item):
        for finding in findings(place.text, language=place.language):
            one = Found(place, finding, mark_of(finding))
            seen.setdefault((one.mark, place.field, place.label), one)
    return list(seen.values())


def mark_of(finding):
    words = " ".join(finding.excerpt.casefold().split())
    return hash_of_words(finding.kind, words, domain="looked at")


def open_in(item, *, among=places):
    """What nobody has looked at yet."""
    found = found_in(item, among=among)
    known = set(acknowledgements(item).values_list("words", flat=True)) if found else set()
    return [one for one in found if one.mark not in known]


def sentences(item):
    """How much nobody has looked at yet, or nothing."""
    return counted(open_in(item))


def counted(found):
    if not found:
        return []
    return [ngettext_lazy("%d place nobody has looked at.", "%d places nobody has looked at.") % len(found)]


def acknowledge(item, ticked, *, by):
    """Remembers the ticked marks, as far as they stand for words that are there; returns how many places that were.

    `ticked` is a QueryDict with `seen` (marks, or ALL) and `listed` (the marks that were on the page).
    """
    marks = set(ticked.getlist("seen"))
    if ALL in marks:
        marks |= set(ticked.getlist("listed"))
    if not marks:
        return 0
    chosen = [one for one in open_in(item) if one.mark in marks]
    if chosen:
        workflow.note("acknowledged", item, by=by, **Counter(one.finding.kind for one in chosen))
        rows = [Acknowledgement(uid=item.uid, words=mark, by=by) for mark in {one.mark for one in chosen}]
        Acknowledgement.objects.bulk_create(rows, ignore_conflicts=True)
    return len(chosen)


def put_beside(form):
    """Writes below each field what was found in it, as it was typed, and was not looked at yet."""
    fields, found = form.fields, open_in(form.instance, among=on_the_form)
    for name in {one.place.field for one in found} & fields.keys():
        mine = [one for one in found if one.place.field == name]
        notes = format_html_join("", '<span class="found">{}: <q dir="auto">{}</q>. {}</span>', map(told, mine))
        fields[name].help_text = format_html("{}{}", fields[name].help_text, notes)


def told(one):
    label = str(one.kind)
    return label[:1].upper() + label[1:], one.finding.excerpt, one.why
