"""This module knows how compared rows of a file become working copies, new or changed, many at once.

The caller holds the transaction, and the rows of what exists. Not here: what a row changes (`matching.py`).
"""

from collections import Counter
from dataclasses import replace

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from desk.translating import records
from publishing.addresses import build_slug, hash_slug
from publishing.batches import in_batches
from publishing.models import Release
from publishing.workflow.approvals import compute_approval_digest
from publishing.workflow.state_machine import perform_all
from publishing.workflow.transitions import TRANSITIONS
from situations.models import TaggedItem

BATCH_SIZE = 500


def save_rows(sheet, compared, *, summary, by=None):
    """Saves what is new or changed; returns the items that were touched."""
    model = sheet.model
    ready = [row for row in compared if not row.want.left]
    summary.verdicts = {row.want.row.number: row.outcome for row in compared}
    summary.digests = {row.want.row.number: row.digest for row in compared}
    new = [row.want for row in ready if row.outcome.state == "new"]
    build_items(model, new, by=by)
    changed = [row for row in ready if row.outcome.state == "changed"]
    for row in changed:
        apply_values(row.want.item, row.want.values, row.fields)
    bulk_save_items(model, new, [(row.want, row.fields) for row in changed], by=by)
    records.bulk_record_translations([(row.want.before, row.want.item) for row in changed], by=by)
    bulk_set_links(model, [*new, *(replace(row.want, links=row.links) for row in ready if row.links)])
    sheet.finish([row.want for row in ready], by=by)
    reopen_changed([row for row in ready if row.judged], by=by)
    counts = Counter(row.outcome.state for row in compared)
    summary.new, summary.changed, summary.same = counts["new"], counts["changed"], counts["same"]
    return [want.item for want in [*new, *(row.want for row in changed)]]


def reopen_changed(rows, *, by):
    """What was in review or approved was so in other words."""
    changed = [row.want.item for row in rows if compute_approval_digest(row.want.item) != row.judged]
    perform_all(changed, TRANSITIONS["reopen"], by=by)


def build_items(model, wanted, *, by):
    """Sets `item` of rows that are new; no address is given twice, not even one that was given long ago."""
    places = {want.values["situation"] for want in wanted}
    slugs = {place: get_taken_slugs(model, place) for place in places}
    for want in wanted:
        taken = slugs[want.values["situation"]]
        slug = build_slug(want.title, taken=lambda slug, taken=taken: slug in taken or hash_slug(slug) in taken)
        taken.add(slug)
        want.item = model(slug=slug, edited_by=by, **want.values, **want.initial_values)


def get_taken_slugs(model, situation):
    released = Release.objects.filter(type=model.TYPE, situation=situation.slug).values_list("slug", flat=True)
    return {*model.objects.filter(situation=situation).values_list("slug", flat=True), *released.iterator()}


def apply_values(item, values, names):
    for name in names:
        setattr(item, name, values[name])


def bulk_save_items(model, new, changed, *, by):
    bulk_create_with_history([want.item for want in new], model, batch_size=BATCH_SIZE, default_user=by)
    if changed:
        fields = sorted({name for _want, names in changed for name in names})
        for want, _names in changed:
            want.item.version += 1
            want.item.edited_by, want.item.modified = by, timezone.now()
        items = [want.item for want, _names in changed]
        bulk_update_with_history(
            items, model, [*fields, "version", "edited_by", "modified"], batch_size=BATCH_SIZE, default_user=by
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
