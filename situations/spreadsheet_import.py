"""This module knows how the rows of a spreadsheet become working copies, new or changed.

Shared by updates and testimonies, which know what their columns mean. What a row names (a situation,
a partner, a tag) is found, or made once. An empty cell says nothing and changes nothing. The caller
holds the transaction.
"""

import copy
from collections import defaultdict
from dataclasses import replace

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history
from tqdm import tqdm

from desk.translating import records
from publishing.addresses import SLUG_LENGTH, build_slug
from publishing.batches import in_batches
from publishing.models import Entry, Release
from publishing.screening.findings import get_open_findings_by_uid
from publishing.spreadsheets.reader import Fault, ImportSummary, RowOutcome, SpreadsheetError
from publishing.spreadsheets.rows import read_sheet_rows
from publishing.text.characters import fold_text
from publishing.text.translated_values import get_translations
from publishing.workflow.corrections import find_known_to_readers
from publishing.workflow.transitions import publish_all, publish_ready

from .models import RESERVED_SLUGS, Partner, Situation, Tag, TaggedItem
from .spreadsheet_fields import parse_row

BATCH_SIZE = 500


@transaction.atomic
def import_sheet(
    sheet, source, *, situation="", publish=False, dry_run=False, by=None, quiet=False, also=(), correction=None
):
    """Imports a CSV or XLSX file (its path or its bytes), all or nothing; returns an `ImportSummary`, raises
    `SpreadsheetError`.

    `situation` is the slug for rows that name none. With `publish`, what consent or approval would refuse
    stays a draft and is named in the summary. `also` names columns that are not read here. `correction` is
    the note (language -> sentence) on what readers know already and is published again.
    """
    rows, faults = read_sheet_rows(source, sheet.columns, also=also)
    register = ReferenceResolver()
    seen = tqdm(rows, unit=" rows", disable=quiet or None)
    wanted = [want for row in seen if (want := parse_row(sheet, row, register, situation=situation))]
    report_duplicate_rows(wanted, column=sheet.title_column)
    if faults:
        raise SpreadsheetError(faults)
    if publish:
        Release.objects.hold()  # before any row: so does whoever withdraws meanwhile
    summary = ImportSummary(removed=sum(row.removed for row in rows))
    touched = save_rows(sheet, wanted, summary=summary, by=by)
    sheet.finish(wanted, by=by)
    summary.items = [(want.row, want.item) for want in wanted]
    summary.made = [*register.made, *register.created_partners]
    if publish:
        publish_imported(register, touched, summary=summary, by=by, correction=correction)
    transaction.set_rollback(dry_run)
    return summary


class ReferenceResolver:
    """Finds situations by slug, partners and tags by any of their names, and makes those that are missing."""

    def __init__(self):
        self.situations = {situation.slug: situation for situation in Situation.objects.all()}
        self.partners = index_by_name(Partner.objects.all())
        self.tags = index_by_name(Tag.objects.all())
        self.made, self.created_partners = [], []

    def situation(self, row, *, default, language):
        slug = row.plain("situation", limit=SLUG_LENGTH) or default
        if not slug:
            row.add_fault("situation", _("It is empty. Name a situation here or with --situation."))
        elif default and slug != default:
            names = {"slug": slug, "default": default}
            row.add_fault("situation", _("It says “%(slug)s”, but the import is for “%(default)s”.") % names)
        elif slug in self.situations or is_valid_situation_slug(row, slug):
            return self.situations.get(slug) or self.make_situation(slug, language=language)
        return None

    def make_situation(self, slug, *, language):
        situation = Situation(slug=slug, language=language)
        setattr(situation, f"title_{language}", slug.replace("-", " ").capitalize())
        situation.save()
        self.situations[slug] = situation
        self.made.append(situation)
        return situation

    def partner(self, name, *, language):
        return self.named(Partner, self.partners, name, language=language)

    def tag(self, name, *, language):
        return self.named(Tag, self.tags, name, language=language)

    def named(self, model, names, name, *, language):
        if fold_text(name) not in names:
            taken = {thing.slug for thing in names.values()}
            thing = model(slug=build_slug(name, taken=taken.__contains__))
            thing.name = name
            setattr(thing, f"name_{language}", name)
            thing.save()
            names[fold_text(name)] = thing
            if model is Partner:
                self.created_partners.append(thing)
        return names[fold_text(name)]


def index_by_name(things):
    names = {}
    for thing in things:
        for name in [*get_translations(thing, "name").values(), thing.slug]:
            names.setdefault(fold_text(name), thing)
    return names


def is_valid_situation_slug(row, slug):
    try:
        validate_slug(slug)
    except ValidationError as error:
        row.add_fault("situation", " ".join(error.messages))
        return False
    if slug in RESERVED_SLUGS:
        row.add_fault("situation", _("“%s” is an address of the site itself.") % slug)
        return False
    return True


def report_duplicate_rows(wanted, *, column):
    """Notes a fault at every row that is the same item as an earlier row of the file."""
    seen = {}
    for want in wanted:
        if want.key in seen:
            want.row.add_fault(column, _("This is the same item as row %d.") % seen[want.key])
        seen.setdefault(want.key, want.row.number)


# --- Writing ----------------------------------------------------------------------------------


def save_rows(sheet, wanted, *, summary, by=None):
    """Saves what is new or changed and sets `item` of every `ParsedRow`; returns the items that were touched."""
    model = sheet.model
    keys, slugs = find_existing_items(sheet, wanted)
    rows = model.objects.prefetch_related(*model.PREFETCH_RELATED)
    existing = rows.in_bulk([keys[want.key] for want in wanted if want.key in keys])
    new, changed, relinked = [], [], []
    for want in wanted:
        if want.key not in keys:
            want.item = build_item(model, want, slugs, by=by)
            new.append(want)
            continue
        want.item = existing[keys[want.key]]
        want.before = copy.copy(want.item)
        fields = apply_values(want.item, want.values)
        links = {name: things for name, things in want.links.items() if get_linked_objects(want.item, name) != things}
        if fields:
            changed.append((want, fields))
        if links:
            relinked.append(replace(want, links=links))
    bulk_save_items(model, new, changed, by=by)
    records.bulk_record_translations([(want.before, want.item) for want, _fields in changed], by=by)
    bulk_set_links(model, new + relinked)
    touched = {want.item.pk: want.item for want in [*new, *relinked, *(want for want, _fields in changed)]}
    summary.new += len(new)
    summary.changed += len(touched) - len(new)
    summary.same += len(wanted) - len(touched)
    summary.verdicts = build_verdicts(wanted, new=new, changed=changed, relinked=relinked)
    return list(touched.values())


def build_verdicts(wanted, *, new, changed, relinked):
    """Number of a row -> its `Verdict`."""
    columns = {want.row.number: [name for name in names if name != "situation"] for want, names in changed}
    for want in relinked:
        columns.setdefault(want.row.number, []).extend(want.links)
    fresh = {want.row.number for want in new}
    told = {number: RowOutcome("changed", tuple(names)) for number, names in columns.items()}
    told |= {number: RowOutcome("new") for number in fresh}
    return {want.row.number: told.get(want.row.number, RowOutcome("same")) for want in wanted}


def find_existing_items(sheet, wanted):
    """(key -> primary key, situation -> its slugs) of what exists in the situations of these rows."""
    situations = {want.values["situation"].pk for want in wanted}
    keys, slugs = {}, defaultdict(set)
    rows = sheet.model.objects.filter(situation__in=situations)
    for row in rows.values(*sheet.key_columns, "pk", "situation_id", "slug").iterator(chunk_size=BATCH_SIZE):
        keys.setdefault(sheet.key_of(row), row["pk"])
        slugs[row["situation_id"]].add(row["slug"])
    return keys, slugs


def build_item(model, want, slugs, *, by):
    taken = slugs[want.values["situation"].pk]
    slug = build_slug(want.title, taken=taken.__contains__)
    taken.add(slug)
    return model(slug=slug, edited_by=by, **want.values, **want.initial_values)


def apply_values(item, values):
    """Sets what differs; returns the names of those fields."""
    differing = [name for name, value in values.items() if getattr(item, name) != value]
    for name in differing:
        setattr(item, name, values[name])
    return differing


def get_linked_objects(item, name):
    return set(getattr(item, name).all())


def bulk_save_items(model, new, changed, *, by):
    bulk_create_with_history([want.item for want in new], model, batch_size=BATCH_SIZE, default_user=by)
    if changed:
        fields = sorted({name for _want, names in changed for name in names})
        for want, _names in changed:
            want.item.version += 1
            want.item.edited_by = by
        items = [want.item for want, _names in changed]
        bulk_update_with_history(
            items, model, [*fields, "version", "edited_by"], batch_size=BATCH_SIZE, default_user=by
        )


def bulk_set_links(model, wanted):
    for name in {name for want in wanted for name in want.links}:
        sets = [(want.item, want.links[name]) for want in wanted if name in want.links]
        if name == "tags":
            bulk_set_tags(model, sets)
        else:
            bulk_set_related(model._meta.get_field(name), sets)
        for item, _things in sets:
            # What was read before is stale now, and would be published.
            getattr(item, "_prefetched_objects_cache", {}).pop(name, None)


def bulk_set_tags(model, sets):
    kind = ContentType.objects.get_for_model(model)
    for batch in in_batches(sets):
        TaggedItem.objects.filter(content_type=kind, object_id__in=[item.pk for item, _tags in batch]).delete()
        TaggedItem.objects.bulk_create(
            TaggedItem(content_type=kind, object_id=item.pk, tag=tag) for item, tags in batch for tag in tags
        )


def bulk_set_related(relation, sets):
    through, mine, theirs = relation.remote_field.through, relation.m2m_column_name(), relation.m2m_reverse_name()
    for batch in in_batches(sets):
        through.objects.filter(**{f"{mine}__in": [item.pk for item, _things in batch]}).delete()
        through.objects.bulk_create(
            through(**{mine: item.pk, theirs: thing.pk}) for item, things in batch for thing in things
        )


# --- Publishing -------------------------------------------------------------------------------


def publish_imported(register, touched, *, summary, by=None, correction=None):
    """Publishes new situations and every named item that changed or was never public; says what stays a draft.

    `correction` stands on every item of which readers know an earlier version.
    """
    publish_all(register.made, by=by)
    named = [item for _row, item in summary.items]
    public = set(Entry.objects.filter(uid__in=[item.uid for item in named]).values_list("uid", flat=True))
    changed = {item.pk for item in touched}
    due = [item for item in named if item.pk in changed or item.uid not in public]
    known = find_known_to_readers(due)
    again = [item for item in due if item.uid in known]
    releases, refused = publish_ready([item for item in due if item.uid not in known], by=by)
    corrected, also_refused = publish_ready(again, by=by, correction=correction)
    summary.published = len(releases) + len(corrected)
    summary.left = [f"{item}: {' '.join(reasons)}" for item, reasons in [*refused, *also_refused]]
    report_published(summary, releases=[*releases, *corrected], again={release.uid for release in corrected})


def report_published(summary, *, releases, again):
    """What nobody was asked about on the way: changes in meaning, and words by which a person could be found."""
    published = {release.uid for release in releases}
    rows = [(row, item) for row, item in summary.items if item.uid in published]
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
