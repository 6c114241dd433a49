import publishing.fields
from django.db import migrations, models


def keep_credits(apps, schema_editor):
    """A credit stood in one language: that in which the item was written first."""
    for name in ('Situation', 'HistoricalSituation'):
        rows = apps.get_model("situations", name).objects.exclude(picture_credit="")
        for code in rows.order_by().values_list("language", flat=True).distinct():
            rows.filter(language=code).update(**{f"picture_credit_{code}": models.F("picture_credit")})


class Migration(migrations.Migration):

    dependencies = [
        ('situations', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalsituation',
            name='picture_credit_ar',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='historicalsituation',
            name='picture_credit_be',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='historicalsituation',
            name='picture_credit_en',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='historicalsituation',
            name='picture_credit_es',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='historicalsituation',
            name='picture_credit_fr',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='historicalsituation',
            name='picture_credit_ru',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='situation',
            name='picture_credit_ar',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='situation',
            name='picture_credit_be',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='situation',
            name='picture_credit_en',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='situation',
            name='picture_credit_es',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='situation',
            name='picture_credit_fr',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='situation',
            name='picture_credit_ru',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.RunPython(keep_credits, migrations.RunPython.noop),
    ]
