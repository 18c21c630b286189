from django.db import migrations, models

KEPT = "UPDATE caring_caring SET told_at = done_at WHERE done_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [
        ("caring", "0001_start"),
        ("forms", "0002_subjects"),
        ("grid", "0003_words"),
        ("regions", "0002_nation"),
        ("registry", "0006_region_and_birth"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="caring", name="caring_done_with_outcome"),
        migrations.AddField(
            model_name="caring",
            name="told_at",
            field=models.DateTimeField(null=True, verbose_name="Reported at"),
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="caring",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    models.Q(("done_at__isnull", False), ("outcome__gt", ""), ("told_at__isnull", False)),
                    _connector="OR",
                ),
                name="caring_done_with_outcome",
            ),
        ),
    ]
