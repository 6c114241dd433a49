import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import publishing.text.cleaning


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField()),
                ("words", models.CharField(max_length=32)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": [],
                "constraints": [models.UniqueConstraint(fields=("uid", "words"), name="acknowledged_once")],
            },
        ),
        migrations.CreateModel(
            name="ListedName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="added"),
                ),
                ("by", models.CharField(editable=False, max_length=150, verbose_name="by")),
                (
                    "note",
                    publishing.text.cleaning.PlainField(
                        blank=True,
                        help_text="To tell entries apart, without the name: “witness in case V-117”.",
                        max_length=120,
                        verbose_name="note",
                    ),
                ),
                ("key_id", models.CharField(editable=False, max_length=8)),
            ],
            options={
                "verbose_name": "name never to be published",
                "verbose_name_plural": "names never to be published",
                "default_permissions": ("add", "view", "delete"),
            },
        ),
        migrations.CreateModel(
            name="NameKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain", models.CharField(max_length=12)),
                ("words", models.PositiveSmallIntegerField()),
                ("value", models.CharField(max_length=32)),
                ("hint", models.BigIntegerField()),
                (
                    "name",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="publishing.listedname",
                    ),
                ),
            ],
            options={"default_permissions": []},
        ),
        migrations.AddField(
            model_name="approval",
            name="kind",
            field=models.CharField(
                choices=[("content", "Content"), ("names", "Names")], default="content", max_length=8
            ),
        ),
        migrations.RemoveConstraint(model_name="approval", name="approved_once"),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                fields=("uid", "kind", "digest", "by"), name="approved_once_a_kind"
            ),
        ),
    ]
