from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0005_texts_in_the_language_of_their_list"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="entrylabel",
            name="label_of_entry",
        ),
        migrations.AddIndex(
            model_name="entrylabel",
            index=models.Index(fields=["entry", "facet", "slug"], name="label_of_entry"),
        ),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(fields=["language", "facet", "label"], name="tally_of_label"),
        ),
    ]
