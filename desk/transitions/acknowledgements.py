"""How somebody says that they looked at the words that the safety check asks about.

Nothing here blocks: a finding is shown, and what was looked at once is not asked about again while the words stay.
Kept is a keyed hash of the words, and in the log only how many there were of which kind.
Not here: which words those are (`publishing/screening/findings.py`), the names that do block
(`publishing/screening/names.py`).
"""

from collections import Counter

from django.db import transaction
from django.utils.html import format_html, format_html_join
from django.utils.translation import ngettext_lazy

from publishing.item_log import record_item_event
from publishing.models import Acknowledgement
from publishing.screening.fields import get_form_field_texts
from publishing.screening.findings import get_open_findings

ALL_MARKS = "all"


def describe_open_findings(item):
    """How much nobody has looked at yet, or nothing."""
    return describe_finding_count(get_open_findings(item))


def describe_finding_count(found):
    if not found:
        return []
    return [
        ngettext_lazy("%(count)d passage not reviewed yet.", "%(count)d passages not reviewed yet.", "count")
        % {"count": len(found)}
    ]


@transaction.atomic
def acknowledge_findings(item, ticked, *, by):
    """Remembers the ticked marks, as far as they stand for words that are there; returns how many places that were.

    `ticked` is a QueryDict with `seen` (marks, or ALL_MARKS) and `listed` (the marks that were on the page).
    """
    marks = set(ticked.getlist("seen"))
    if ALL_MARKS in marks:
        marks |= set(ticked.getlist("listed"))
    if not marks:
        return 0
    chosen = [one for one in get_open_findings(item) if one.mark in marks]
    if chosen:
        record_item_event("acknowledged", item, by=by, **Counter(one.finding.kind for one in chosen))
        rows = [Acknowledgement(uid=item.uid, words=mark, by=by) for mark in {one.mark for one in chosen}]
        Acknowledgement.objects.bulk_create(rows, ignore_conflicts=True)
    return len(chosen)


def add_findings_to_form(form):
    """Writes below each field what was found in it, as it was typed, and was not looked at yet."""
    fields, found = form.fields, get_open_findings(form.instance, among=get_form_field_texts)
    for name in {one.place.field for one in found} & fields.keys():
        mine = [one for one in found if one.place.field == name]
        notes = format_html_join(
            "", '<span class="finding">{}: <q dir="auto">{}</q>. {}</span>', map(format_finding, mine)
        )
        fields[name].help_text = format_html("{}{}", fields[name].help_text, notes)


def format_finding(one):
    label = str(one.kind)
    return label[:1].upper() + label[1:], one.finding.excerpt, one.why
