"""Runs that could not be worked out, and who decided a payment that was doubtful."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_bodies")]

    operations = [
        migrations.AlterField(
            model_name="run",
            name="state",
            field=models.CharField(
                choices=[
                    ("computing", "Being calculated"),
                    ("ready", "To be posted"),
                    ("posted", "Posted"),
                    ("discarded", "Discarded"),
                    ("failed", "Not calculated"),
                ],
                default="computing",
                max_length=10,
                verbose_name="State",
            ),
        ),
        migrations.AddField(
            model_name="payline",
            name="said_by_id",
            field=models.UUIDField(null=True),
        ),
    ]
