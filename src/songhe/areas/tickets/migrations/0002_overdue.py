from django.db import migrations, models

FROM_STEPS = """
UPDATE tickets_citycase c SET overdue_at = missed.due FROM (
  SELECT k.id, greatest(k.first_due_at, max(e.until)) AS due, s.at
  FROM tickets_citycase k
  JOIN cases_casestep s ON s.case_id = k.case_id AND s.move = 'answer'
  LEFT JOIN tickets_caseextension e ON e.case_id = k.id AND e.asked_at < s.at
  WHERE k.returns > 0 AND s.at = (SELECT min(f.at) FROM cases_casestep f WHERE f.case_id = k.case_id AND f.move = 'answer')
  GROUP BY k.id, s.at
) missed WHERE missed.id = c.id AND missed.at > missed.due
"""
"""The first answer of a case that was returned, against the deadline that it had at that time."""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_start"), ("tickets", "0001_start")]

    operations = [
        migrations.AddField(
            "citycase", "overdue_at", models.DateTimeField(null=True, verbose_name="First missed deadline")
        ),
        migrations.RunSQL(FROM_STEPS, migrations.RunSQL.noop),
    ]
