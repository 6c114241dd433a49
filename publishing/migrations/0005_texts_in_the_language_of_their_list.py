"""Labels entries that can be read in their own language, so that a list can be narrowed to them."""

from django.db import migrations

from publishing.models import REPEATED

COLUMNS = ", ".join(REPEATED)


def label_own_texts(apps, schema_editor):
    schema_editor.execute(
        f"INSERT INTO publishing_entrylabel (entry_id, facet, slug, {COLUMNS}) "  # noqa: S608
        f"SELECT id, 'text', 'own', {COLUMNS} FROM publishing_entry WHERE section <> '' "
        "AND (original_language = language OR (text_language = language AND title <> ''))"
    )


def unlabel(apps, schema_editor):
    apps.get_model("publishing", "EntryLabel").objects.filter(facet="text").delete()


class Migration(migrations.Migration):
    dependencies = [("publishing", "0004_labels_counts_and_words_anew")]
    operations = [migrations.RunPython(label_own_texts, unlabel)]
