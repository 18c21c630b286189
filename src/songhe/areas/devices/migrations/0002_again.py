from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("devices", "0001_start"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="signal",
            index=models.Index(fields=["device", "key"], name="signal_by_key"),
        ),
        migrations.RemoveConstraint(
            model_name="signal",
            name="one_signal_of_a_key",
        ),
    ]
