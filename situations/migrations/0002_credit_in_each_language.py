import publishing.fields
from django.db import migrations


# A credit stood in one language: that in which the item was written first.
KEEP_CREDITS = [
    f"UPDATE {table} SET picture_credit_{code} = picture_credit WHERE language = '{code}' AND picture_credit <> ''"
    for table in ('situations_situation', 'situations_historicalsituation')
    for code in ("en", "fr", "es", "ru", "be", "ar")
]


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
        migrations.RunSQL(KEEP_CREDITS, migrations.RunSQL.noop),
    ]
