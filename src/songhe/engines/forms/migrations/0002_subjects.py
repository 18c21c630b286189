"""Answers about a household or a facility beside those about a person."""

from django.db import migrations, models

from songhe.engines.access.lines import Lines
from songhe.engines.access.rls import resecure


class Migration(migrations.Migration):
    dependencies = [
        ("forms", "0001_start"),
    ]

    operations = [
        migrations.AlterField(
            model_name="answers",
            name="person_id",
            field=models.UUIDField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="answers",
            name="subject_id",
            field=models.UUIDField(db_index=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="answers",
            constraint=models.CheckConstraint(
                condition=models.Q(person_id=None, subject_id__isnull=False)
                | models.Q(person_id__isnull=False, subject_id=None),
                name="answers_about_one",
            ),
        ),
        resecure(
            "forms_answers",
            before=Lines(person="person_id"),
            after=Lines(person="person_id", holders=("subject_id",)),
        ),
    ]
