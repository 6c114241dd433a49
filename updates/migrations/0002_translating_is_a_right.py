from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('updates', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='update',
            options={'ordering': ['-date', '-pk'], 'verbose_name': 'update', 'verbose_name_plural': 'updates', 'permissions': [('submit_update', 'Can hand in updates for review'), ('approve_update', 'Can approve updates'), ('publish_update', 'Can publish updates'), ('withdraw_update', 'Can withdraw updates'), ('purge_update', 'Can purge updates'), ('translate_update', 'Can translate updates')]},
        ),
        migrations.AddIndex(
            model_name='update',
            index=models.Index(fields=['-modified', '-id'], name='update_last_changed'),
        ),
        migrations.AddIndex(
            model_name='update',
            index=models.Index(fields=['status'], name='update_by_status'),
        ),
    ]
