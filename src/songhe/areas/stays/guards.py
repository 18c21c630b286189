"""What the database itself keeps: a bed holds one person at a time, a person has one bed and one care setting at a time."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

_KEYS = "CREATE TYPE stays_keys AS RANGE (subtype = uuid)"
"""Ranges of one key make equality an overlap, which an exclusion constraint knows without any extension."""

ONCE = (
    ("stays_occupancy", "one_person_in_a_bed", "bed_id"),
    ("stays_occupancy", "one_bed_for_a_person", "person_id"),
    ("stays_setting", "one_setting_at_a_time", "person_id"),
    ("stays_leave", "one_leave_at_a_time", "stay_id"),
    ("stays_closure", "one_closure_at_a_time", "bed_id"),
)
"""Table, name of the constraint, and the key whose days, each up to the one before ``until``, never overlap."""


def one_at_a_time() -> RunSQL:
    """Exclusion constraints over days; days that only touch do not overlap, so a bed is free on the day it is left."""
    return RunSQL(
        [_KEYS, *(_add(*one) for one in ONCE)],
        [
            *(f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _key in ONCE),
            "DROP TYPE stays_keys",
        ],
    )


def _add(table: str, name: str, key: str) -> str:
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist "
        f"(stays_keys({key}, {key}, '[]') WITH &&, daterange(since, until) WITH &&)"
    )
