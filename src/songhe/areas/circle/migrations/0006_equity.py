from django.db import migrations, models

KEPT = """UPDATE circle_siting SET times = 2, weighed = '["old"]' WHERE elders_twice"""
BACK = """UPDATE circle_siting SET elders_twice = (times > 1 AND weighed ? 'old')"""


class Migration(migrations.Migration):
    dependencies = [
        ("circle", "0005_musts"),
    ]

    operations = [
        migrations.AddField(
            model_name="siting",
            name="floor",
            field=models.SmallIntegerField(
                null=True, verbose_name="Minimum coverage of every region (percent)"
            ),
        ),
        migrations.AddField(
            model_name="siting",
            name="floor_by",
            field=models.CharField(
                blank=True,
                choices=[("county", "County or district"), ("town", "Town or street")],
                max_length=6,
                verbose_name="Regions for the minimum coverage",
            ),
        ),
        migrations.AddField(
            model_name="siting",
            name="times",
            field=models.SmallIntegerField(default=1, verbose_name="Weight of each"),
        ),
        migrations.AddField(
            model_name="siting",
            name="weighed",
            field=models.JSONField(default=list, verbose_name="Priority groups"),
        ),
        migrations.RunSQL(KEPT, BACK),
        migrations.RemoveField(
            model_name="siting",
            name="elders_twice",
        ),
    ]
