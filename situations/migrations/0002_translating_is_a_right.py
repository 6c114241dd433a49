from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('situations', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='alert',
            options={'verbose_name': 'alert', 'verbose_name_plural': 'alerts', 'permissions': [('submit_alert', 'Can hand in alerts for review'), ('approve_alert', 'Can approve alerts'), ('publish_alert', 'Can publish alerts'), ('withdraw_alert', 'Can withdraw alerts'), ('purge_alert', 'Can purge alerts'), ('translate_alert', 'Can translate alerts')]},
        ),
        migrations.AlterModelOptions(
            name='organisation',
            options={'verbose_name': 'organisation', 'verbose_name_plural': 'organisation', 'permissions': [('submit_organisation', 'Can hand in the organisation for review'), ('approve_organisation', 'Can approve the organisation'), ('publish_organisation', 'Can publish the organisation'), ('withdraw_organisation', 'Can withdraw the organisation'), ('purge_organisation', 'Can purge the organisation'), ('translate_organisation', 'Can translate the organisation')]},
        ),
        migrations.AlterModelOptions(
            name='situation',
            options={'ordering': ['order', 'pk'], 'verbose_name': 'situation', 'verbose_name_plural': 'situations', 'permissions': [('submit_situation', 'Can hand in situations for review'), ('approve_situation', 'Can approve situations'), ('publish_situation', 'Can publish situations'), ('withdraw_situation', 'Can withdraw situations'), ('purge_situation', 'Can purge situations'), ('translate_situation', 'Can translate situations')]},
        ),
    ]
