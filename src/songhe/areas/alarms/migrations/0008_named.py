from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What called, where the person is named later: what sounds so joins the alarm."""

    dependencies = [("alarms", "0007_homes")]

    operations = [
        migrations.AddField("alarm", "sounds_as", models.UUIDField(null=True)),
        migrations.AddIndex(
            "alarm",
            models.Index(
                fields=["sounds_as"],
                condition=Q(closed_at=None, sounds_as__isnull=False),
                name="alarm_sounds_as",
            ),
        ),
    ]
