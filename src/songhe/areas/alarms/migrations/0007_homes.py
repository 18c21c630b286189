from django.db import migrations

from songhe.areas.alarms.models.lines import HomeLines
from songhe.engines.access.api import KinLines
from songhe.engines.access.rls import resecure


class Migration(migrations.Migration):
    """An alarm is of one home: kin of whoever lives there see it."""

    dependencies = [
        ("alarms", "0006_contacts"),
        ("registry", "0001_start"),
    ]

    operations = [
        resecure("alarms_alarm", before=KinLines(), after=HomeLines()),
    ]
