from django.db import migrations, models


class Migration(migrations.Migration):
    """What an agent had a part in is found without reading every event."""

    dependencies = [("lines", "0002_untold")]

    operations = [
        migrations.AddIndex(
            model_name="lineevent",
            index=models.Index(
                fields=["agent_id", "at"],
                condition=models.Q(agent_id__isnull=False),
                name="line_event_by_agent",
            ),
        ),
    ]
