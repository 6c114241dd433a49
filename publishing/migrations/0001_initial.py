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
            name='ListedName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='added')),
                ('by', models.CharField(editable=False, max_length=150, verbose_name='by')),
                ('note', publishing.fields.PlainField(blank=True, help_text='To tell entries apart, without the name: “witness in case V-117”.', max_length=120, verbose_name='note')),
                ('key_id', models.CharField(editable=False, max_length=8)),
            ],
            options={
                'verbose_name': 'name never to be published',
                'verbose_name_plural': 'names never to be published',
                'default_permissions': ('add', 'view', 'delete'),
            },
        ),
        migrations.CreateModel(
            name='PublishedFile',
            fields=[
                ('name', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('uid', models.UUIDField(db_index=True)),
                ('type', models.CharField(max_length=40)),
                ('visible_from', models.DateTimeField(null=True)),
                ('visible_until', models.DateTimeField(null=True)),
                ('gone', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='FacetCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('situation', models.CharField(max_length=64)),
                ('language', models.CharField(max_length=12)),
                ('section', models.CharField(max_length=10)),
                ('facet', models.CharField(max_length=20)),
                ('value', models.CharField(max_length=100)),
                ('label', models.CharField(blank=True, max_length=200)),
                ('visible_from', models.DateTimeField(null=True)),
                ('visible_until', models.DateTimeField(null=True)),
                ('n', models.IntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['situation', 'language', 'section', 'facet', 'value'], name='facet_count_value'), models.Index(fields=['language', 'facet', 'value'], name='facet_count_of_all'), models.Index(fields=['language', 'facet', 'label'], name='facet_count_of_label')],
            },
        ),
        migrations.CreateModel(
            name='NameKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(max_length=12)),
                ('words', models.PositiveSmallIntegerField()),
                ('value', models.CharField(max_length=32)),
                ('hint', models.BigIntegerField()),
                ('name', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='publishing.listedname')),
            ],
            options={
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(max_length=20)),
                ('uid', models.UUIDField(db_index=True)),
                ('action', models.CharField(choices=[('publish', 'published'), ('withdraw', 'withdrawn'), ('purge', 'purged'), ('cancel', 'schedule cancelled')], default='publish', max_length=10)),
                ('situation', models.CharField(blank=True, max_length=64)),
                ('slug', models.CharField(max_length=64)),
                ('document', models.JSONField(null=True)),
                ('salt', models.CharField(blank=True, max_length=32)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('note', models.JSONField(default=dict, help_text='What changed in meaning, per language.')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.CharField(max_length=150)),
                ('approved_by', models.CharField(blank=True, max_length=150)),
                ('visible_from', models.DateTimeField(null=True)),
                ('last_save', models.BigIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['type', 'situation', 'slug'], name='release_by_address'), models.Index(fields=['uid', 'action', 'at'], name='release_newest_of_item')],
                'constraints': [models.CheckConstraint(condition=models.Q(('action', 'publish'), ('document__isnull', True), _connector='OR'), name='only_published_carries_content')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField()),
                ('uid', models.UUIDField(db_index=True)),
                ('type', models.CharField(max_length=20)),
                ('language', models.CharField(max_length=12)),
                ('situation', models.CharField(blank=True, max_length=64)),
                ('section', models.CharField(blank=True, max_length=10)),
                ('slug', models.CharField(max_length=64)),
                ('kind', models.CharField(blank=True, max_length=30)),
                ('date', models.DateField()),
                ('precision', models.CharField(max_length=8)),
                ('year', models.CharField(blank=True, max_length=4)),
                ('month', models.CharField(blank=True, max_length=7)),
                ('text_language', models.CharField(max_length=12)),
                ('original_language', models.CharField(max_length=12)),
                ('title', models.TextField()),
                ('subtitle', models.TextField(blank=True)),
                ('summary', models.TextField(blank=True)),
                ('body', publishing.fields.HtmlField(blank=True)),
                ('fragment', publishing.fields.HtmlField(blank=True)),
                ('words', models.TextField(blank=True, help_text='Everything a search may find, normalised.')),
                ('spoken', models.JSONField(default=dict)),
                ('facts', models.JSONField(default=dict)),
                ('in_newsletter', models.BooleanField()),
                ('in_feed', models.BooleanField()),
                ('in_card', models.BooleanField()),
                ('in_mirror', models.BooleanField()),
                ('first_public', models.DateTimeField()),
                ('changed', models.DateTimeField()),
                ('visible_from', models.DateTimeField(null=True)),
                ('visible_until', models.DateTimeField(null=True)),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='publishing.release')),
            ],
        ),
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField()),
                ('words', models.CharField(max_length=32)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': [],
                'constraints': [models.UniqueConstraint(fields=('uid', 'words'), name='acknowledged_once')],
            },
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(db_index=True)),
                ('kind', models.CharField(choices=[('content', 'Content'), ('names', 'Names')], default='content', max_length=8)),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('uid', 'kind', 'digest', 'by'), name='approved_once_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='EntryFacet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('facet', models.CharField(max_length=10)),
                ('slug', models.CharField(max_length=100)),
                ('language', models.CharField(max_length=12)),
                ('situation', models.CharField(max_length=64)),
                ('section', models.CharField(max_length=10)),
                ('kind', models.CharField(max_length=30)),
                ('original_language', models.CharField(max_length=12)),
                ('year', models.CharField(max_length=4)),
                ('month', models.CharField(max_length=7)),
                ('date', models.DateField()),
                ('number', models.BigIntegerField()),
                ('visible_from', models.DateTimeField(null=True)),
                ('visible_until', models.DateTimeField(null=True)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='facets', to='publishing.entry')),
            ],
            options={
                'indexes': [models.Index(fields=['entry', 'facet', 'slug'], name='entry_facet_of_entry'), models.Index(fields=['facet', 'slug', 'language', '-date', '-number', 'entry', 'situation', 'section', 'kind', 'original_language', 'year', 'month', 'visible_from', 'visible_until'], name='entry_facet_list')],
            },
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['situation', 'language', 'section', '-date', '-number'], name='entry_timeline'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['language', 'section', '-date', '-number'], name='entry_everywhere'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['situation', 'language', '-date', '-number', 'section', 'kind', 'original_language', 'year', 'month', 'visible_from', 'visible_until'], name='entry_list'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['language', '-date', '-number', 'situation', 'section', 'kind', 'original_language', 'year', 'month', 'visible_from', 'visible_until'], name='entry_list_of_all'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['language', 'kind', '-date', '-number', 'situation', 'section', 'original_language', 'year', 'month', 'visible_from', 'visible_until'], name='entry_list_of_kind'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['language', 'original_language', '-date', '-number', 'situation', 'section', 'kind', 'year', 'month', 'visible_from', 'visible_until'], name='entry_list_of_original'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['release', 'language', 'situation', 'section', 'kind', 'original_language', 'year', 'month', 'visible_from', 'visible_until'], name='entry_of_release'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['type', 'situation', 'slug', 'language'], name='entry_by_address'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('visible_from__isnull', False)), fields=['visible_from'], name='entry_begins'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('visible_until__isnull', False)), fields=['visible_until'], name='entry_ends'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(fields=('number', 'language', 'release'), name='one_entry_a_language'),
        ),
    ]
