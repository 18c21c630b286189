"""What the database itself keeps: nobody is paired twice with the same helper, and one neighbour and one grid worker at a time."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

_KEYS = 'CREATE TYPE grid_keys AS RANGE (subtype = text, collation = "C")'
"""Ranges of one key make equality an overlap, which an exclusion constraint knows without any extension."""
_SAME = """
ALTER TABLE grid_pair ADD CONSTRAINT one_pair_at_a_time EXCLUDE USING gist (
  grid_keys(person_id::text || helper_id::text, person_id::text || helper_id::text, '[]') WITH &&,
  daterange(since, until) WITH &&)
"""
_SINGLE = """
ALTER TABLE grid_pair ADD CONSTRAINT one_of_a_role_at_a_time EXCLUDE USING gist (
  grid_keys(person_id::text || role, person_id::text || role, '[]') WITH &&,
  daterange(since, until) WITH &&) WHERE (role IN ('first', 'grid'))
"""


def one_at_a_time() -> RunSQL:
    """No two pairs that must not stand side by side overlap."""
    return RunSQL(
        [_KEYS, _SAME, _SINGLE],
        [
            "ALTER TABLE grid_pair DROP CONSTRAINT one_of_a_role_at_a_time",
            "ALTER TABLE grid_pair DROP CONSTRAINT one_pair_at_a_time",
            "DROP TYPE grid_keys",
        ],
    )
