"""The alarm that a call has raised."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alarms", "0003_words"),
        ("hotline", "0003_desk"),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="alarm",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="alarms.alarm",
                verbose_name="Alarm",
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("alarm__isnull", False)), fields=["alarm"], name="call_by_alarm"
            ),
        ),
    ]
