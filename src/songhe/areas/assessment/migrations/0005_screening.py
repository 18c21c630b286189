import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import songhe.engines.regions.ids
from songhe.areas.assessment.guards import census_is_locked, census_of_the_whole
from songhe.areas.assessment.models.screening import Overlapping
from songhe.engines.access.lines import Lines
from songhe.engines.access.rls import secure


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0004_papers"),
        ("regions", "0001_start"),
        ("registry", "0001_start"),
    ]

    operations = [
        migrations.CreateModel(
            name="Census",
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
                ("upper", models.BigIntegerField()),
                ("title", models.CharField(max_length=80, verbose_name="Title")),
                ("since", models.DateField(verbose_name="From")),
                ("until", models.DateField(verbose_name="Until")),
                ("min_age", models.SmallIntegerField(verbose_name="From the age of")),
                ("questions", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "In progress"), ("locked", "Signed and locked")],
                        default="open",
                        max_length=8,
                        verbose_name="State",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="Started")),
                ("started_by_id", models.UUIDField()),
                ("report", models.JSONField(default=dict)),
                (
                    "report_hash",
                    models.CharField(blank=True, max_length=64, verbose_name="Hash of the report"),
                ),
                ("locked_at", models.DateTimeField(null=True, verbose_name="Signed")),
                ("locked_by_id", models.UUIDField(null=True)),
                ("locked_by_name", models.CharField(blank=True, max_length=80, verbose_name="Signed by")),
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
                "verbose_name": "Screening census",
                "abstract": False,
                "base_manager_name": "everywhere",
                "default_manager_name": "everywhere",
            },
            managers=[
                ("everywhere", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Finding",
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
                    "outcome",
                    models.CharField(
                        choices=[
                            ("found", "Met in person"),
                            ("new", "New person"),
                            ("moved", "Moved away"),
                            ("deceased", "Deceased"),
                            ("not_home", "Nobody at home"),
                            ("refused", "Does not want to answer"),
                        ],
                        max_length=10,
                        verbose_name="Outcome",
                    ),
                ),
                ("answers_sealed", models.BinaryField(default=b"")),
                ("tier", models.CharField(blank=True, max_length=20, verbose_name="Tier proposed")),
                (
                    "source",
                    models.CharField(
                        choices=[("door", "At the door"), ("paper", "From paper")],
                        max_length=6,
                        verbose_name="Entry method",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="At")),
                ("by_id", models.UUIDField()),
                ("by_name", models.CharField(max_length=80, verbose_name="By")),
                (
                    "census",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assessment.census",
                        verbose_name="Screening census",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                        verbose_name="Person",
                    ),
                ),
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
                "verbose_name": "Finding",
                "abstract": False,
                "base_manager_name": "everywhere",
                "default_manager_name": "everywhere",
            },
            managers=[
                ("everywhere", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name="census",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("since"))), name="census_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="census",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("locked_at", None), ("state", "open")),
                    models.Q(("state", "locked"), models.Q(("report_hash", ""), _negated=True)),
                    _connector="OR",
                ),
                name="census_locked_with_report",
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["census", "region"], name="finding_by_region"),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(fields=("census", "person"), name="one_finding_of_a_person"),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome__in", ["found", "new"]), models.Q(("tier", ""), _negated=True)),
                    models.Q(models.Q(("outcome__in", ["found", "new"]), _negated=True), ("tier", "")),
                    _connector="OR",
                ),
                name="tier_where_asked",
            ),
        ),
        secure("assessment_census", Overlapping()),
        census_of_the_whole(),
        secure("assessment_finding", Lines(person="person_id")),
        census_is_locked(),
    ]
