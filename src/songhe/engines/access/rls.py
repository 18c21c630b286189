"""Row-level security as a migration operation."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

from songhe.engines.access.lines import Lines

APP_ROLE = "songhe_app"


def secure(table: str, lines: Lines) -> RunSQL:
    """Turn on row-level security on ``table``, by ``lines``; reversible.

    The tables' owner, who migrates and in whose name guarding triggers run, has a policy of its own; the application
    never serves as the owner (``songhe check`` refuses it).
    """
    return RunSQL(
        [
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
            f'CREATE POLICY owner ON "{table}" TO CURRENT_USER USING (true) WITH CHECK (true)',
            _scope(table, lines),
        ],
        [
            f'DROP POLICY scope ON "{table}"',
            f'DROP POLICY owner ON "{table}"',
            f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
        ],
    )


def resecure(table: str, *, before: Lines, after: Lines) -> RunSQL:
    """Change by which lines a secured table is scoped; reversible."""
    drop = f'DROP POLICY scope ON "{table}"'
    return RunSQL([drop, _scope(table, after)], [drop, _scope(table, before)])


def append_only(table: str) -> RunSQL:
    """Take UPDATE, DELETE and TRUNCATE on ``table`` away from the application's role, where that role exists."""
    return RunSQL(
        _if_role(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM {APP_ROLE}'),
        _if_role(f'GRANT UPDATE, DELETE ON "{table}" TO {APP_ROLE}'),
    )


def _scope(table: str, lines: Lines) -> str:
    rule = lines.policy()
    return f'CREATE POLICY scope ON "{table}" USING ({rule}) WITH CHECK ({rule})'


def _if_role(statement: str) -> str:
    known = f"SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}'"  # noqa: S608  both parts are constants
    return f"DO $$ BEGIN IF EXISTS ({known}) THEN EXECUTE '{statement}'; END IF; END $$"
