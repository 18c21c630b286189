"""A result counts for as long as its form says of the level approved."""

from django.db import migrations

from songhe.areas.assessment.guards import end_follows_level


class Migration(migrations.Migration):
    dependencies = [("assessment", "0007_national")]

    operations = [end_follows_level()]
