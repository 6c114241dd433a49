import django.db.models.deletion
import django.utils.timezone
import publishing.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Guideline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(help_text='This text appears below the field for everyone who edits.', max_length=120, unique=True, verbose_name='field')),
                ('words', publishing.fields.LinesField(help_text='“At most 70 characters. Say who did what, and where.” Staff who use the administration site in another language see the guideline in that language, or this one if there is none.', max_length=600, verbose_name='guideline')),
                ('words_en', publishing.fields.LinesField(help_text='“At most 70 characters. Say who did what, and where.” Staff who use the administration site in another language see the guideline in that language, or this one if there is none.', max_length=600, null=True, verbose_name='guideline')),
                ('words_fr', publishing.fields.LinesField(help_text='“At most 70 characters. Say who did what, and where.” Staff who use the administration site in another language see the guideline in that language, or this one if there is none.', max_length=600, null=True, verbose_name='guideline')),
                ('words_es', publishing.fields.LinesField(help_text='“At most 70 characters. Say who did what, and where.” Staff who use the administration site in another language see the guideline in that language, or this one if there is none.', max_length=600, null=True, verbose_name='guideline')),
                ('words_ru', publishing.fields.LinesField(help_text='“At most 70 characters. Say who did what, and where.” Staff who use the administration site in another language see the guideline in that language, or this one if there is none.', max_length=600, null=True, verbose_name='guideline')),
                ('words_be', publishing.fields.LinesField(help_text='“At most 70 characters. Say who did what, and where.” Staff who use the administration site in another language see the guideline in that language, or this one if there is none.', max_length=600, null=True, verbose_name='guideline')),
                ('words_ar', publishing.fields.LinesField(help_text='“At most 70 characters. Say who did what, and where.” Staff who use the administration site in another language see the guideline in that language, or this one if there is none.', max_length=600, null=True, verbose_name='guideline')),
            ],
            options={
                'verbose_name': 'guideline',
                'verbose_name_plural': 'guidelines',
            },
        ),
        migrations.CreateModel(
            name='ReviewLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('type', models.CharField(editable=False, max_length=20)),
                ('uid', models.UUIDField(db_index=True, editable=False)),
                ('languages', models.JSONField(default=list, verbose_name='languages')),
                ('for_whom', publishing.fields.PlainField(max_length=80, verbose_name='for whom')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                ('ends_at', models.DateTimeField(verbose_name='until')),
                ('opened_at', models.DateTimeField(null=True, verbose_name='first opened')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='revoked')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'link for a reviewer',
                'verbose_name_plural': 'links for reviewers',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='ReviewAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('name', publishing.fields.PlainField(max_length=80, verbose_name='name')),
                ('verdict', models.CharField(choices=[('fine', 'It can be published like this'), ('comment', 'Something should be changed first')], max_length=10, verbose_name='verdict')),
                ('words', publishing.fields.LinesField(blank=True, verbose_name='comment')),
                ('language', models.CharField(max_length=12)),
                ('content', models.CharField(max_length=64)),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='desk.reviewlink')),
            ],
            options={
                'verbose_name': 'answer of a reviewer',
                'verbose_name_plural': 'answers of reviewers',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Translation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField()),
                ('language', models.CharField(max_length=12)),
                ('source', models.CharField(max_length=64)),
                ('words', models.CharField(max_length=64)),
                ('checked', models.BooleanField(default=False)),
                ('stale', models.BooleanField(default=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'translation',
                'verbose_name_plural': 'translations',
                'default_permissions': [],
                'indexes': [models.Index(fields=['language', 'stale', 'checked', 'uid'], name='translation_by_state')],
                'constraints': [models.UniqueConstraint(fields=('uid', 'language'), name='one_translation_a_language')],
            },
        ),
    ]
