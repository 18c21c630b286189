"""Indices that no question is asked of: the regions of contacts and of registration, and half of another one of facts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("regions", "0002_nation"),
        ("registry", "0003_middles"),
    ]

    operations = [
        migrations.AlterField(
            model_name="contact",
            name="region",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="regions.region",
            ),
        ),
        migrations.AlterField(
            model_name="fact",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="facts",
                to="registry.person",
                verbose_name="Person",
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="household_region",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="regions.region",
                verbose_name="Registered in",
            ),
        ),
    ]
