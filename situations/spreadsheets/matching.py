"""This module knows which item a row of a file is, and what it would change in it.

A row with the number of an item is that item; any other is the one of its situation, language, title and date. What a
file calls by a name that an item had before, or that belonged to something purged, is left as it is.
Not here: how that is written (`saving.py`), by what a file calls an item (`former_keys.py`).
"""

import copy
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publishing.document import compute_digest
from publishing.publication import Publication
from publishing.spreadsheets.reader import Fault, RowOutcome, SpreadsheetError
from publishing.workflow.approvals import compute_approval_digest
from staff.datetime_widgets import format_desk_datetime

from . import former_keys
from .columns import ParsedRow

BATCH_SIZE = 500
DIGEST_LENGTH = 10
JUDGED = {Publication.Status.IN_REVIEW, Publication.Status.APPROVED}
IS_DOUBLED = gettext_lazy("This is the same item as row %d.")
IS_PURGED = gettext_lazy("It was deleted permanently, so it is not made again.")
IS_RENAMED = gettext_lazy("It is now called “%s”, so nothing was changed. Export that item and edit the export.")


def report_duplicate_rows(wanted, *, column):
    """Notes a fault at every row that is the same item as an earlier row of the file."""
    seen = {}
    for want in wanted:
        name = want.uid or want.key
        if name in seen:
            want.row.add_fault(column, IS_DOUBLED % seen[name])
        seen.setdefault(name, want.row.number)


def match_rows(sheet, wanted):
    """Sets `item` of each row whose item exists, with its row held, or `left` where nothing may be done."""
    uids, keys = find_existing_items(sheet, wanted)
    found = {want.row.number: uids.get(want.uid) if want.uid else keys.get(want.key) for want in wanted}
    rows = sheet.model.objects.select_for_update().order_by("pk").prefetch_related(*sheet.model.PREFETCH_RELATED)
    existing = rows.in_bulk(sorted({pk for pk in found.values() if pk}))
    for want in wanted:
        want.item = existing.get(found[want.row.number])
        if want.item and not want.uid and sheet.key_of(vars(want.item)) != want.key:
            want.item = None  # renamed a moment ago
    report_doubled_items([want for want in wanted if want.item])
    report_unknown_numbers([want for want in wanted if want.uid and not want.item])
    match_former_keys(sheet, [want for want in wanted if not want.uid and not want.item])


def find_existing_items(sheet, wanted):
    """(uid -> primary key, key -> primary key) of what exists in the situations of these rows."""
    uids, keys = {}, {}
    rows = sheet.model.objects.filter(situation__in={want.values["situation"].pk for want in wanted}).order_by("pk")
    for row in rows.values(*sheet.key_columns, "pk", "uid", "situation_id").iterator(chunk_size=BATCH_SIZE):
        uids[row["uid"]] = row["pk"]
        keys.setdefault(sheet.key_of(row), row["pk"])
    return uids, keys


def report_doubled_items(wanted):
    """One row may say it by its number, another by its title."""
    seen = {}
    for want in wanted:
        if want.item.pk in seen:
            want.row.add_fault("uid", IS_DOUBLED % seen[want.item.pk])
        seen.setdefault(want.item.pk, want.row.number)


def report_unknown_numbers(wanted):
    for want in wanted:
        if former_keys.is_purged(want.uid):
            want.left = IS_PURGED
        else:
            want.row.add_fault("uid", _("There is no such item in this situation. Leave the cell empty to add one."))


def match_former_keys(sheet, wanted):
    """What a file calls by an earlier name, or by that of something purged, is not made a second time."""
    former = former_keys.find_former_keys(sheet, {want.key for want in wanted})
    items = {item.uid: item for item in sheet.model.objects.filter(uid__in=set(former.values()))}
    slugs = {want.key: want.values["situation"].slug for want in wanted}
    erased = former_keys.find_erased_keys(sheet.model.TYPE, slugs)
    for want in wanted:
        if item := items.get(former.get(want.key)):
            want.item, want.left = item, IS_RENAMED % item
        elif want.key in erased:
            want.left = IS_PURGED


# --- What a row changes -----------------------------------------------------------------------


@dataclass
class ComparedRow:
    """A row and what it changes: the names of fields, the links and what else hangs on its item.

    `digest` names what somebody saw who looked at it, `judged` what was in review or approved before.
    """

    want: ParsedRow
    fields: list = field(default_factory=list)
    links: dict = field(default_factory=dict)
    more: list = field(default_factory=list)
    digest: str = ""
    judged: str = ""

    @property
    def outcome(self):
        columns = tuple(name for name in (*self.fields, *self.links, *self.more) if name != "situation")
        if self.want.left:
            return RowOutcome("left")
        if self.want.before is None:
            return RowOutcome("new")
        return RowOutcome("changed", columns) if columns else RowOutcome("same")


def compare_row(sheet, want):
    """The `ComparedRow` of a row; notes a fault where somebody changed the item after the file was made."""
    row, item = ComparedRow(want), want.item
    if item and not want.left:
        want.before = copy.copy(item)
        row.fields = [name for name, value in want.values.items() if getattr(item, name) != value]
        row.links = {name: things for name, things in want.links.items() if get_linked_objects(item, name) != things}
        row.more = sheet.find_more_changes(item, want.more) if want.more else []
        row.judged = compute_approval_digest(item) if item.status in JUDGED else ""
        if want.version not in (None, item.version) and row.outcome.columns:
            want.row.add_fault("version", describe_other_version(item, want.version))
    row.digest = compute_row_digest(row)
    return row


def compute_row_digest(row):
    """What somebody sees of a row and of its item: who imports decides on exactly that."""
    item, seen = row.want.before, [row.outcome.state, *row.outcome.columns, str(row.want.left)]
    if item:
        seen += [str(item.uid), item.version, item.status, *(str(getattr(item, name)) for name in row.fields)]
        seen += [sorted(map(str, get_linked_objects(item, name))) for name in row.links]
    return compute_digest(seen)[:DIGEST_LENGTH]


def get_linked_objects(item, name):
    return set(getattr(item, name).all())


def describe_other_version(item, version):
    facts = {"who": item.edited_by or _("Somebody"), "when": format_desk_datetime(item.modified)}
    told = _("%(who)s changed it on %(when)s, after this file was made (version %(old)d, now %(new)d). Export it "
             "again.")  # fmt: skip
    return told % {**facts, "old": version, "new": item.version}


# --- What somebody saw ------------------------------------------------------------------------


class ChangedSince(SpreadsheetError):
    """Nothing was imported: it would do something else by now than what the person saw."""


def refuse_what_moved(compared, seen):
    """`seen` maps numbers of rows, as text, to the digests that the person saw; None: nobody looked."""
    moved = [row.want for row in compared if seen is not None and seen.get(str(row.want.row.number)) != row.digest]
    if moved:
        raise ChangedSince([Fault(want.row.number, "", describe_change_since(want.before)) for want in moved])


def describe_change_since(item):
    who = getattr(item, "edited_by", None) or _("Somebody")
    return _("%(who)s changed it after you opened this page. Look at it again first.") % {"who": who}
