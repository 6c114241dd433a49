from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stories', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='survivorstory',
            options={'ordering': ['-date', '-pk'], 'verbose_name': 'testimony', 'verbose_name_plural': 'testimonies', 'permissions': [('submit_survivorstory', 'Can hand in testimonies for review'), ('approve_survivorstory', 'Can approve testimonies'), ('publish_survivorstory', 'Can publish testimonies'), ('withdraw_survivorstory', 'Can withdraw testimonies'), ('purge_survivorstory', 'Can purge testimonies'), ('translate_survivorstory', 'Can translate testimonies')]},
        ),
        migrations.AddIndex(
            model_name='survivorstory',
            index=models.Index(fields=['-modified', '-id'], name='story_last_changed'),
        ),
        migrations.AddIndex(
            model_name='survivorstory',
            index=models.Index(fields=['status'], name='story_by_status'),
        ),
    ]
