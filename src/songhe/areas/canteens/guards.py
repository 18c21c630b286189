"""What the database itself keeps: one canteen at a time for each person, and one sequence of rolls."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

from songhe.engines.access.rls import APP_ROLE

_KEYS = 'CREATE TYPE canteens_keys AS RANGE (subtype = text, collation = "C")'
"""Ranges of one key make equality an overlap, which an exclusion constraint knows without any extension."""
_ONE = """
ALTER TABLE canteens_diner ADD CONSTRAINT one_canteen_at_a_time EXCLUDE USING gist (
  canteens_keys(person_id::text, person_id::text, '[]') WITH &&, daterange(since, until) WITH &&)
"""


def one_at_a_time() -> RunSQL:
    """No two enrolments of one person overlap."""
    return RunSQL(
        [_KEYS, _ONE],
        ["ALTER TABLE canteens_diner DROP CONSTRAINT one_canteen_at_a_time", "DROP TYPE canteens_keys"],
    )


def roll_numbers() -> RunSQL:
    """One sequence for the numbers of rolls."""
    grant = f"GRANT USAGE ON SEQUENCE canteens_roll_number TO {APP_ROLE}"
    known = f"SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}'"  # noqa: S608  both parts are constants
    return RunSQL(
        [
            "CREATE SEQUENCE canteens_roll_number",
            f"DO $$ BEGIN IF EXISTS ({known}) THEN EXECUTE '{grant}'; END IF; END $$",
        ],
        "DROP SEQUENCE canteens_roll_number",
    )
