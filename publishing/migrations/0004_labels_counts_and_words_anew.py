"""What is drawn from releases, as later code reads it: labels repeat their entry, counts go by cell, words by line."""

from collections import Counter

from django.db import migrations

from publishing.document import Document
from publishing.workflow.projection import words_of
from publishing.models import REPEATED
from publishing.workflow.facet_counts import TALLIED, TALLY_KEY, labelled, tallied

BATCH = 500


def fill_labels_and_counts(apps, schema_editor):
    Entry, EntryLabel, Tally = (apps.get_model("publishing", name) for name in ("Entry", "EntryLabel", "Tally"))
    EntryLabel.objects.all().delete()
    Tally.objects.all().delete()
    counts = Counter()
    numbers = list(Entry.objects.exclude(section="").values_list("pk", flat=True))
    for start in range(0, len(numbers), BATCH):
        labels = []
        for entry in Entry.objects.filter(pk__in=numbers[start : start + BATCH]).only(*TALLIED, "date", "number"):
            counts.update(dict.fromkeys(tallied(entry), 1))
            repeated = {name: getattr(entry, name) for name in REPEATED}
            for facet, slug, _label in labelled(entry):
                if facet != "text":  # those are the matter of the next migration
                    labels.append(EntryLabel(entry_id=entry.pk, facet=facet, slug=slug, **repeated))
        EntryLabel.objects.bulk_create(labels, batch_size=BATCH)
    rows = [Tally(**dict(zip(TALLY_KEY, key, strict=True)), n=n) for key, n in counts.items()]
    Tally.objects.bulk_create(rows, batch_size=BATCH)


def write_words_anew(apps, schema_editor):
    Entry = apps.get_model("publishing", "Entry")
    searched = Entry.objects.exclude(words="").select_related("release").only("words", "release__document")
    numbers = list(searched.values_list("pk", flat=True))
    for start in range(0, len(numbers), BATCH):
        entries = list(searched.filter(pk__in=numbers[start : start + BATCH]))
        for entry in entries:
            entry.words = words_of(Document.from_json(entry.release.document))
        Entry.objects.bulk_update(entries, ["words"])


class Migration(migrations.Migration):
    dependencies = [("publishing", "0003_lists_are_found_by_label_and_kind")]
    operations = [
        migrations.RunPython(fill_labels_and_counts, migrations.RunPython.noop),
        migrations.RunPython(write_words_anew, migrations.RunPython.noop),
    ]
