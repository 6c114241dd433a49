import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def name_checkers(apps, schema_editor):
    """Until now whoever checked stood where whoever wrote stands now."""
    rows = apps.get_model("desk", "Translation").objects.using(schema_editor.connection.alias)
    rows.filter(checked=True).update(checked_by=models.F("by"), by=None)


def forget_writers(apps, schema_editor):
    rows = apps.get_model("desk", "Translation").objects.using(schema_editor.connection.alias)
    rows.filter(checked=True).update(by=models.F("checked_by"))


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="translation",
            name="checked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(name_checkers, forget_writers),
    ]
