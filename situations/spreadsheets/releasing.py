"""This module knows what an import publishes, and what it leaves to a person: it names every item that it leaves.

Not here: what may be published at all (`publishing/workflow/transitions.py`).
"""

from django.utils.translation import gettext_lazy

from publishing.models import Entry
from publishing.screening.findings import get_open_findings_by_uid
from publishing.spreadsheets.reader import Fault
from publishing.workflow.corrections import find_known_to_readers
from publishing.workflow.transitions import publish_ready
from publishing.workflow.withdrawals import find_withdrawals

IS_WITHDRAWN = gettext_lazy("It was withdrawn and stays so. Publish it on its own page, if it is to be public again.")
IS_HIDDEN = gettext_lazy("Readers cannot see this situation yet. Publish it first.")


def name_rows_left(wanted, summary):
    """Says which rows were left as they are, and which items stay withdrawn whatever was written to them."""
    withdrawn = find_withdrawals([want.item.uid for want in wanted if want.item])
    for want in wanted:
        if not want.left and want.item.uid in withdrawn:
            want.left = IS_WITHDRAWN
        if want.left:
            summary.left.append(f"{want.item or want.title}: {want.left}")
    summary.taken_back = list(summary.left)


def publish_imported(wanted, touched, *, summary, by=None, correction=None):
    """Publishes draft situations, and every named item that changed or was never public; says what stays a draft.

    What was taken back is left to whoever decides about that item. `correction` stands on every item of which readers
    know an earlier version.
    """
    refused_places = publish_situations({want.values["situation"] for want in wanted}, by=by)
    named = [want.item for want in wanted if not want.left]
    public = set(Entry.objects.filter(uid__in=[item.uid for item in named]).values_list("uid", flat=True))
    changed = {item.pk for item in touched}
    due = [item for item in named if item.pk in changed or item.uid not in public]
    known = find_known_to_readers(due)
    again = [item for item in due if item.uid in known]
    releases, refused = publish_ready([item for item in due if item.uid not in known], by=by)
    corrected, also_refused = publish_ready(again, by=by, correction=correction)
    summary.published = len(releases) + len(corrected)
    everything = [*refused_places, *refused, *also_refused]
    summary.left += [f"{item}: {' '.join(map(str, reasons))}" for item, reasons in everything]
    report_published(summary, releases=[*releases, *corrected], again={release.uid for release in corrected})


def publish_situations(places, *, by):
    """Publishes those of which readers see nothing yet; returns [(situation, reasons)] of those that stay hidden."""
    public = set(Entry.objects.filter(type="situation").values_list("uid", flat=True))
    hidden = [place for place in places if place.uid not in public]
    withdrawn = find_withdrawals([place.uid for place in hidden])
    drafts = [place for place in hidden if place.uid not in withdrawn and place.status == place.Status.DRAFT]
    _releases, refused = publish_ready(drafts, by=by)
    waiting = [
        (place, [IS_WITHDRAWN if place.uid in withdrawn else IS_HIDDEN]) for place in hidden if place not in drafts
    ]
    return [*refused, *waiting]


def report_published(summary, *, releases, again):
    """What nobody was asked about on the way: changes in meaning, and words by which a person could be found."""
    published = {release.uid for release in releases}
    rows = [(row, item) for row, item in summary.items if getattr(item, "uid", None) in published]
    summary.again = [row.number for row, item in rows if item.uid in again]
    found = get_open_findings_by_uid([item for _row, item in rows])
    summary.findings = [
        Fault(row.number, find_column(row, one.place), f"{one.kind}.")
        for row, item in rows
        for one in found.get(item.uid, [])
    ]


def find_column(row, place):
    """The column of the file in which a text stood; what it did not say itself is named as the form names it."""
    bare = place.field.removesuffix(f"_{place.language}")
    return next((name for name in (place.field, bare) if row.cells.get(name)), place.field or place.label)
