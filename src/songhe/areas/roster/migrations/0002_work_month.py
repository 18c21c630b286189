"""What work came to in a month."""

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import songhe.engines.regions.ids
from songhe.engines.access.lines import Lines
from songhe.engines.access.rls import secure

OWN = Lines(holders=("organisation_id",))


def count(name: str) -> models.IntegerField:
    return models.IntegerField(default=0, verbose_name=name)


def spent(name: str) -> models.BigIntegerField:
    return models.BigIntegerField(default=0, verbose_name=name)


def key(to: str, name: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to, verbose_name=name, **more
    )


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0002_ways_and_leave"),
        ("regions", "0002_nation"),
        ("roster", "0001_start"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkMonth",
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
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("worker", "Worker"),
                            ("organisation", "Organisation"),
                            ("county", "County"),
                        ],
                        max_length=12,
                        verbose_name="Counted for",
                    ),
                ),
                ("month", models.DateField(verbose_name="Month")),
                ("visits", count("Visits completed")),
                ("due", count("Visits due")),
                ("punctual", count("On time")),
                ("known", count("By a known worker")),
                ("knowable", count("To persons served before")),
                ("service", spent("Hours of service")),
                ("travel", spent("Between visits")),
                ("paid", spent("Paid hours")),
                ("computed_at", models.DateTimeField(verbose_name="Computed")),
                ("organisation", key("providers.organisation", "Organisation", null=True)),
                ("region", key("regions.region", "Region")),
                ("worker", key("providers.worker", "Worker", null=True)),
            ],
            options={
                "verbose_name": "Work of a month",
                "abstract": False,
                "base_manager_name": "everywhere",
                "default_manager_name": "everywhere",
                "indexes": [models.Index(fields=["region", "month"], name="work_by_region")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "level", "region", "organisation", "worker"),
                        name="one_work_month",
                        nulls_distinct=False,
                    )
                ],
            },
            managers=[
                ("everywhere", django.db.models.manager.Manager()),
            ],
        ),
        secure("roster_workmonth", OWN),
    ]
