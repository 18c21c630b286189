"""What the database itself keeps: numbers of one sequence, and a history that is only added to."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

from songhe.engines.access.rls import APP_ROLE


def numbers() -> RunSQL:
    """A sequence of its own, so that raising an alarm waits for nothing."""
    known = f"SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}'"  # noqa: S608  a constant
    give = f"GRANT USAGE ON SEQUENCE alarms_number TO {APP_ROLE}"
    return RunSQL(
        [
            "CREATE SEQUENCE alarms_number",
            f"DO $$ BEGIN IF EXISTS ({known}) THEN EXECUTE '{give}'; END IF; END $$",
        ],
        "DROP SEQUENCE alarms_number",
    )
