"""What the database itself keeps: numbers of one sequence, and a history that is only added to."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

from songhe.engines.access.rls import APP_ROLE


def numbers() -> RunSQL:
    """One sequence for all prefixes, so that opening cases never waits for another."""
    return RunSQL("CREATE SEQUENCE cases_number", "DROP SEQUENCE cases_number")


def history_is_kept() -> RunSQL:
    """Leave the application no right to change or remove a step; region and person may follow."""
    return RunSQL(
        _if_role(
            f"REVOKE UPDATE, DELETE, TRUNCATE ON cases_casestep FROM {APP_ROLE}",
            f"GRANT UPDATE (region_id, person_id) ON cases_casestep TO {APP_ROLE}",
            f"GRANT USAGE ON SEQUENCE cases_number TO {APP_ROLE}",
        ),
        _if_role(f"GRANT UPDATE, DELETE ON cases_casestep TO {APP_ROLE}"),
    )


def _if_role(*statements: str) -> str:
    body = " ".join(f"EXECUTE '{statement}';" for statement in statements)
    return f"DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN {body} END IF; END $$"  # noqa: S608  only constants of this file
