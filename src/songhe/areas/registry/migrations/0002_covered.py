"""Lists of one region, narrowed and in the order of names, are found in an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("regions", "0002_nation"),
        ("registry", "0001_start"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="person",
            name="person_by_region",
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                fields=["region", "id"],
                include=("name_pinyin", "born", "state", "is_enrolled"),
                name="person_of_region",
            ),
        ),
    ]
