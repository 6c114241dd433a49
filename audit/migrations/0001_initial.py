from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('actor', models.CharField(help_text='A staff account, or “system”.', max_length=150, verbose_name='who')),
                ('verb', models.CharField(help_text='For example “update.published”.', max_length=60, verbose_name='action')),
                ('subject', models.CharField(blank=True, db_index=True, max_length=120, verbose_name='object')),
                ('detail', models.JSONField(default=dict, help_text='Never testimony, never an address.', verbose_name='details')),
                ('previous', models.CharField(editable=False, max_length=64, unique=True)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
            ],
            options={
                'verbose_name': 'audit event',
                'verbose_name_plural': 'audit log',
            },
        ),
    ]
