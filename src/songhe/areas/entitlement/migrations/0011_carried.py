"""What was left of a month and goes on to the next."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("entitlement", "0010_objections")]

    operations = [
        migrations.AddField(
            model_name="entitlement",
            name="carried",
            field=models.BigIntegerField(default=0, verbose_name="Carried over"),
        ),
        migrations.AddField(
            model_name="entitlement",
            name="moved",
            field=models.BigIntegerField(default=0, verbose_name="Carried to the next month"),
        ),
        migrations.AddConstraint(
            model_name="entitlement",
            constraint=models.CheckConstraint(
                condition=models.Q(carried__gte=0, moved__gte=0), name="carried_and_moved"
            ),
        ),
    ]
