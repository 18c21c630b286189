"""Days that were asked to lie apart say how far."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("care", "0002_often")]

    operations = [
        migrations.RunSQL(
            "UPDATE care_line SET days_apart = 2 WHERE apart AND days_apart = 1", migrations.RunSQL.noop
        ),
        migrations.RemoveField(model_name="line", name="apart"),
    ]
