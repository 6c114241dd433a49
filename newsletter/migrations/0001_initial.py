import django.db.models.deletion
import django.utils.timezone
import publishing.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('erased_on', models.DateField(default=django.utils.timezone.localdate)),
            ],
            options={
                'verbose_name': 'erasure',
                'verbose_name_plural': 'erasures',
            },
        ),
        migrations.CreateModel(
            name='RateLimitSlot',
            fields=[
                ('name', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('free_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('es', 'Spanish'), ('ru', 'Russian'), ('be', 'Belarusian'), ('ar', 'Arabic')], max_length=12, unique=True, verbose_name='language')),
                ('sender', models.CharField(blank=True, help_text='For example “News desk”.', max_length=80, verbose_name='sender')),
                ('subject', models.CharField(blank=True, help_text='For example “Your weekly letter”.', max_length=120, verbose_name='subject of editions')),
                ('confirm_subject', models.CharField(blank=True, help_text='For example “One more step”.', max_length=120, verbose_name='subject of the confirmation')),
                ('confirm_text', models.TextField(blank=True, help_text='Replaces the sentence that says what was asked for.', verbose_name='text of the confirmation')),
            ],
            options={
                'verbose_name': 'neutral wording',
                'verbose_name_plural': 'neutral wordings',
            },
        ),
        migrations.CreateModel(
            name='Audience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=12, verbose_name='language')),
                ('frequency', models.CharField(choices=[('instant', 'At once'), ('daily', 'Daily digest'), ('weekly', 'Weekly digest'), ('paused', 'Pause')], max_length=10, verbose_name='how often')),
                ('query', models.CharField(blank=True, max_length=500, verbose_name='what about')),
            ],
            options={
                'verbose_name': 'audience',
                'verbose_name_plural': 'audiences',
                'constraints': [models.UniqueConstraint(fields=('language', 'frequency', 'query'), name='unique_audience')],
            },
        ),
        migrations.CreateModel(
            name='DigestRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('frequency', models.CharField(choices=[('instant', 'At once'), ('daily', 'Daily digest'), ('weekly', 'Weekly digest'), ('paused', 'Pause')], max_length=10)),
                ('slot', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('numbers', models.JSONField(default=list)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('frequency', 'slot'), name='one_digest_run_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(blank=True, editable=False, max_length=12, verbose_name='language')),
                ('frequency', models.CharField(blank=True, editable=False, max_length=10, verbose_name='how often')),
                ('query', models.CharField(blank=True, help_text='“situation=belarus”; empty: every subscriber.', max_length=500, verbose_name='what about')),
                ('numbers', models.JSONField(blank=True, default=list, verbose_name='entries')),
                ('words', models.JSONField(blank=True, default=dict, help_text='One for each language; missing ones are filled in automatically.', verbose_name='subject and opening')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('in_review', 'Waiting for a second person'), ('composing', 'Preparing recipients'), ('sending', 'Sending'), ('stopped', 'Stopped'), ('sent', 'Sent')], default='draft', editable=False, max_length=10, verbose_name='state')),
                ('send_from', models.DateTimeField(default=django.utils.timezone.now, verbose_name='send from')),
                ('is_archived', models.BooleanField(default=True, verbose_name='in the archive')),
                ('authors', models.JSONField(default=list, editable=False, verbose_name='written by')),
                ('approved_by', models.CharField(blank=True, editable=False, max_length=150, verbose_name='approved by')),
                ('sent', models.PositiveIntegerField(default=0, editable=False, verbose_name='sent')),
                ('refused', models.PositiveIntegerField(default=0, editable=False, verbose_name='refused')),
                ('complaints', models.PositiveIntegerField(default=0, editable=False, verbose_name='marked as spam')),
                ('trouble', models.CharField(blank=True, editable=False, max_length=300, verbose_name='problem')),
                ('digest_run', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='newsletter.digestrun')),
            ],
            options={
                'verbose_name': 'edition',
                'verbose_name_plural': 'editions',
                'permissions': [('send_edition', 'Can send editions')],
            },
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', publishing.fields.RandomKeyField(editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField()),
                ('fingerprint', models.CharField(max_length=64, null=True, unique=True)),
                ('asked_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('due_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, null=True)),
                ('audience', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='newsletter.audience')),
            ],
            options={
                'verbose_name': 'sign-up awaiting confirmation',
                'verbose_name_plural': 'sign-ups awaiting confirmation',
            },
        ),
        migrations.CreateModel(
            name='Subscriber',
            fields=[
                ('id', publishing.fields.RandomKeyField(editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField()),
                ('fingerprint', models.CharField(max_length=64, unique=True)),
                ('confirmed_on', models.DateField(verbose_name='confirmed on')),
                ('consent', models.CharField(max_length=10, verbose_name='consent text')),
                ('audience', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subscribers', to='newsletter.audience')),
            ],
            options={
                'verbose_name': 'subscriber',
                'verbose_name_plural': 'subscribers',
                'permissions': [('export_subscriber', 'Can export addresses')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('due', 'Due'), ('claimed', 'Being sent'), ('sent', 'Sent'), ('refused', 'Refused'), ('doubt', 'In doubt')], default='due', max_length=8, verbose_name='state')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='due')),
                ('claim', models.CharField(blank=True, max_length=16)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('code', models.CharField(blank=True, help_text="The last step reached and the server's code.", max_length=12, verbose_name='answer')),
                ('edition', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='newsletter.edition')),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='newsletter.subscriber')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
            },
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(fields=['state', 'send_from'], name='edition_going_out'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(fields=('digest_run', 'language', 'frequency', 'query'), name='one_edition_an_audience'),
        ),
        migrations.AddIndex(
            model_name='subscriber',
            index=models.Index(fields=['audience', 'id'], name='subscriber_batches'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'due')), fields=['edition', 'due_at', 'id'], name='delivery_due'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'claimed')), fields=['claim'], name='delivery_claimed'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'doubt')), fields=['edition'], name='delivery_in_doubt'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('edition', 'subscriber'), name='one_delivery_a_subscriber'),
        ),
    ]
