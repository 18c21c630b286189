from django.db import migrations, models

KEPT = """
UPDATE hotline_complaint SET ended_at = cases_case.closed_at
FROM cases_case WHERE cases_case.id = hotline_complaint.case_id AND hotline_complaint.state IN ('closed', 'withdrawn')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_start"),
        ("hotline", "0005_decided"),
    ]

    operations = [
        migrations.AddField(
            model_name="complaint",
            name="ended_at",
            field=models.DateTimeField(null=True, verbose_name="Ended at"),
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at", None), ("state__in", ["closed", "withdrawn"]), _connector="XOR"
                ),
                name="complaint_ended_at",
            ),
        ),
    ]
