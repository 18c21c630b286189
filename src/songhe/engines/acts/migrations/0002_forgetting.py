import django.contrib.postgres.indexes
from django.db import migrations

from songhe.engines.acts import sql


class Migration(migrations.Migration):
    dependencies = [
        ("acts", "0001_start"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="once",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["at"], name="once_by_time", pages_per_range=32
            ),
        ),
        migrations.RunSQL(sql.FORGETTING, sql.NOT_FORGETTING),
    ]
