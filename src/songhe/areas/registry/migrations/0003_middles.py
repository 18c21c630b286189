"""Where villages lie, kept for maps."""

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import songhe.engines.regions.ids
from songhe.engines.access.lines import Lines
from songhe.engines.access.rls import secure


class Migration(migrations.Migration):
    dependencies = [
        ("regions", "0002_nation"),
        ("registry", "0002_covered"),
    ]

    operations = [
        migrations.CreateModel(
            name="Middle",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=songhe.engines.regions.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("lon", models.FloatField()),
                ("lat", models.FloatField()),
                ("homes", models.IntegerField()),
                ("found_at", models.DateTimeField()),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="regions.region",
                        verbose_name="Region",
                    ),
                ),
            ],
            options={
                "verbose_name": "Village centre",
                "abstract": False,
                "base_manager_name": "everywhere",
                "default_manager_name": "everywhere",
                "constraints": [
                    models.UniqueConstraint(fields=("region",), name="one_middle_of_a_village"),
                    models.CheckConstraint(
                        condition=models.Q(("homes__gte", 5)), name="middle_of_enough_homes"
                    ),
                ],
            },
            managers=[
                ("everywhere", django.db.models.manager.Manager()),
            ],
        ),
        secure("registry_middle", Lines()),
    ]
