"""What the database itself keeps: one grant of a benefit at a time, and one state of a grant at a time."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

_KEYS = 'CREATE TYPE entitlement_keys AS RANGE (subtype = text, collation = "C")'
"""Ranges of one key make equality an overlap, which an exclusion constraint knows without any extension."""

_ONE_GRANT = """
ALTER TABLE entitlement_grant ADD CONSTRAINT one_grant_at_a_time EXCLUDE USING gist (
  entitlement_keys(coalesce(holder_id, person_id)::text || ' ' || benefit,
                   coalesce(holder_id, person_id)::text || ' ' || benefit, '[]') WITH &&,
  daterange(from_month, until_month) WITH &&)
"""

_ONE_STATE = """
ALTER TABLE entitlement_grantspan ADD CONSTRAINT one_state_at_a_time EXCLUDE USING gist (
  entitlement_keys(grant_id::text, grant_id::text, '[]') WITH &&, daterange(from_month, until_month) WITH &&)
  DEFERRABLE INITIALLY DEFERRED
"""


def one_at_a_time() -> RunSQL:
    """Exclusion constraints over months: none of one person and benefit overlap, none of one grant."""
    return RunSQL(
        [_KEYS, _ONE_GRANT, _ONE_STATE],
        [
            "ALTER TABLE entitlement_grantspan DROP CONSTRAINT one_state_at_a_time",
            "ALTER TABLE entitlement_grant DROP CONSTRAINT one_grant_at_a_time",
            "DROP TYPE entitlement_keys",
        ],
    )
