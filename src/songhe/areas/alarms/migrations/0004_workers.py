"""Whoever is tied to a helper of the grid sees that helper's errands; alarms of workers say whose they are."""

from __future__ import annotations

from django.db import migrations, models

from songhe.engines.access.api import Lines
from songhe.engines.access.rls import resecure

BEFORE = Lines(holders=("user_id", "organisation_id"))
AFTER = Lines(holders=("user_id", "organisation_id", "helper_id"))


class Migration(migrations.Migration):
    dependencies = [("alarms", "0003_words")]

    operations = [
        migrations.AddField("alarm", "worker_id", models.UUIDField(null=True)),
        migrations.AddField("alarm", "about_id", models.UUIDField(null=True)),
        migrations.AddIndex(
            "response", models.Index(fields=["helper_id", "sent_at"], name="response_by_helper")
        ),
        resecure("alarms_response", before=BEFORE, after=AFTER),
    ]
