from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("entitlement", "0004_comparisons"),
    ]

    operations = [
        migrations.AlterField(
            model_name="grant",
            name="holder_kind",
            field=models.CharField(
                choices=[
                    ("person", "Person"),
                    ("household", "Household"),
                    ("facility", "Facility"),
                    ("organisation", "Organisation"),
                    ("worker", "Worker"),
                ],
                default="person",
                max_length=12,
                verbose_name="Held by",
            ),
        ),
    ]
