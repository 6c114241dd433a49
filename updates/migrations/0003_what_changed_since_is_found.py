from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("updates", "0002_translating_is_a_right")]

    operations = [
        migrations.RemoveIndex(model_name="update", name="update_by_status"),
        migrations.AddIndex(
            model_name="update",
            index=models.Index(fields=["status", "modified", "uid"], name="update_by_status_and_save"),
        ),
    ]
