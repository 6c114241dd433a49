import publishing.fields
from django.db import migrations


# A credit stood in one language: that in which the item was written first.
KEEP_CREDITS = [
    f"UPDATE {table} SET picture_credit_{code} = picture_credit WHERE language = '{code}' AND picture_credit <> ''"
    for table in ('updates_update', 'updates_historicalupdate')
    for code in ("en", "fr", "es", "ru", "be", "ar")
]


class Migration(migrations.Migration):

    dependencies = [
        ('updates', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalupdate',
            name='original_body',
            field=publishing.fields.RichField(blank=True, verbose_name='original text'),
        ),
        migrations.AddField(
            model_name='historicalupdate',
            name='original_language',
            field=publishing.fields.LanguageCodeField(blank=True, help_text='Only for what was published in a language that the site does not have. Its code: “de”, “fa”.', max_length=12, verbose_name='original language'),
        ),
        migrations.AddField(
            model_name='historicalupdate',
            name='original_summary',
            field=publishing.fields.LinesField(blank=True, verbose_name='original summary'),
        ),
        migrations.AddField(
            model_name='historicalupdate',
            name='original_title',
            field=publishing.fields.PlainField(blank=True, max_length=400, verbose_name='original title'),
        ),
        migrations.AddField(
            model_name='historicalupdate',
            name='picture_credit_ar',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='historicalupdate',
            name='picture_credit_be',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='historicalupdate',
            name='picture_credit_en',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='historicalupdate',
            name='picture_credit_es',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='historicalupdate',
            name='picture_credit_fr',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='historicalupdate',
            name='picture_credit_ru',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='update',
            name='original_body',
            field=publishing.fields.RichField(blank=True, verbose_name='original text'),
        ),
        migrations.AddField(
            model_name='update',
            name='original_language',
            field=publishing.fields.LanguageCodeField(blank=True, help_text='Only for what was published in a language that the site does not have. Its code: “de”, “fa”.', max_length=12, verbose_name='original language'),
        ),
        migrations.AddField(
            model_name='update',
            name='original_summary',
            field=publishing.fields.LinesField(blank=True, verbose_name='original summary'),
        ),
        migrations.AddField(
            model_name='update',
            name='original_title',
            field=publishing.fields.PlainField(blank=True, max_length=400, verbose_name='original title'),
        ),
        migrations.AddField(
            model_name='update',
            name='picture_credit_ar',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='update',
            name='picture_credit_be',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='update',
            name='picture_credit_en',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='update',
            name='picture_credit_es',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='update',
            name='picture_credit_fr',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.AddField(
            model_name='update',
            name='picture_credit_ru',
            field=publishing.fields.PlainField(blank=True, help_text='“Drawing: A. B.”', max_length=200, null=True, verbose_name='picture credit'),
        ),
        migrations.RunSQL(KEEP_CREDITS, migrations.RunSQL.noop),
    ]
