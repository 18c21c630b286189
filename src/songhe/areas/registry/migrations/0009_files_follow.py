from django.db import migrations

FOLLOW = """
UPDATE vault_attachment a SET region_id = p.region_id FROM registry_person p
 WHERE p.id = a.person_id AND a.region_id <> p.region_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0008_left_behind"),
        ("vault", "0001_start"),
    ]

    operations = [migrations.RunSQL(FOLLOW, migrations.RunSQL.noop)]
