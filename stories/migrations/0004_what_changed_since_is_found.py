from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stories", "0003_tell_subscribers_now")]

    operations = [
        migrations.RemoveIndex(model_name="survivorstory", name="story_by_status"),
        migrations.AddIndex(
            model_name="survivorstory",
            index=models.Index(fields=["status", "modified", "uid"], name="story_by_status_and_save"),
        ),
    ]
