from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("roster", "0003_longer_reason"),
    ]

    operations = [
        migrations.RenameField(
            model_name="roster",
            old_name="beside",
            new_name="origin",
        ),
    ]
