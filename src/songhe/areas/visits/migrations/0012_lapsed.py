from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0011_order_life")]

    operations = [
        migrations.AddField(
            model_name="visit",
            name="lapsed_at",
            field=models.DateTimeField(null=True, verbose_name="Not claimed in time"),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                condition=models.Q(("lapsed_at__isnull", False)), fields=["lapsed_at"], name="visit_lapsed"
            ),
        ),
    ]
