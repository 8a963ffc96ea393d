from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('allocations', '0012_searching'),
    ]

    operations = [
        migrations.AddField(
            model_name='row',
            name='edits',
            field=models.JSONField(null=True),
        ),
    ]
