"""What the database itself keeps: a device is with one person at a time, a household has one free device of a kind, and a
row that is rewritten all day leaves room for itself."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

_KEYS = "CREATE TYPE devices_keys AS RANGE (subtype = uuid)"
"""Ranges of one key make equality an overlap, which an exclusion constraint knows without any extension."""
_ONE = """
ALTER TABLE devices_binding ADD CONSTRAINT one_binding_at_a_time EXCLUDE USING gist (
  devices_keys(device_id, device_id, '[]') WITH &&, daterange(since, until) WITH &&)
"""
_FREE = """
ALTER TABLE devices_binding ADD CONSTRAINT one_free_device_of_a_household EXCLUDE USING gist (
  devices_keys(coalesce(household_id, person_id), coalesce(household_id, person_id), '[]') WITH &&,
  daterange(since, until) WITH &&) WHERE (is_free)
"""


def one_at_a_time() -> RunSQL:
    """Exclusion constraints over days; days that only touch do not overlap, so a device is free on the day it comes back."""
    return RunSQL(
        [_KEYS, _ONE, _FREE],
        [
            "ALTER TABLE devices_binding DROP CONSTRAINT one_free_device_of_a_household",
            "ALTER TABLE devices_binding DROP CONSTRAINT one_binding_at_a_time",
            "DROP TYPE devices_keys",
        ],
    )


def room_for_updates() -> RunSQL:
    """Half-full pages: a heartbeat rewrites its row within the page, and touches no index."""
    return RunSQL(
        "ALTER TABLE devices_last SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05)",
        "ALTER TABLE devices_last RESET (fillfactor, autovacuum_vacuum_scale_factor)",
    )
