"""Counts each month beside kind, year and language, and beside each tag and partner, so that lists can offer months."""

from collections import Counter

from django.db import migrations

from publishing.workflow.facet_counts import TALLIED, TALLY_KEY, tallied

BATCH = 500
FACET = TALLY_KEY.index("facet")
READ = 2000


def count_months(apps, schema_editor):
    Entry, Tally = (apps.get_model("publishing", name) for name in ("Entry", "Tally"))
    Tally.objects.filter(facet__endswith="/month").delete()
    counts = Counter()
    for entry in Entry.objects.exclude(month="").only(*TALLIED).iterator(READ):
        counts.update(key for key in dict.fromkeys(tallied(entry)) if key[FACET].endswith("/month"))
    rows = [Tally(**dict(zip(TALLY_KEY, key, strict=True)), n=n) for key, n in counts.items()]
    Tally.objects.bulk_create(rows, batch_size=BATCH)


def forget_months(apps, schema_editor):
    apps.get_model("publishing", "Tally").objects.filter(facet__endswith="/month").delete()


class Migration(migrations.Migration):
    dependencies = [("publishing", "0007_the_newest_release_of_an_item")]
    operations = [migrations.RunPython(count_months, forget_months)]
