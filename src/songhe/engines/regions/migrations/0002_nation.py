from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("regions", "0001_start"),
    ]

    operations = [
        migrations.AlterField(
            model_name="region",
            name="level",
            field=models.SmallIntegerField(
                choices=[
                    (0, "Nation"),
                    (1, "Province"),
                    (2, "City"),
                    (3, "County"),
                    (4, "Town or street"),
                    (5, "Village or community"),
                ]
            ),
        ),
    ]
