"""What the database itself keeps of a site's file: one contract, function and price at a time, one belief at a time."""

from __future__ import annotations

from django.db.migrations.operations.special import RunSQL

_KEYS = 'CREATE TYPE providers_keys AS RANGE (subtype = text, collation = "C")'
"""Ranges of one key make equality an overlap, which an exclusion constraint knows without any extension."""


def _alone(table: str, name: str, key: str, span: str, rest: str = "") -> str:
    return (
        f"ALTER TABLE providers_{table} ADD CONSTRAINT {name} EXCLUDE USING gist ("
        f"providers_keys({key}, {key}, '[]') WITH &&, {span} WITH &&) {rest}"
    )


_RULES = (
    ("operation", "one_operation_at_a_time", "facility_id::text", "daterange(since, until, '[]')", ""),
    (
        "sitefunction",
        "one_function_at_a_time",
        "facility_id::text || ' ' || kind",
        "daterange(since, until)",
        "",
    ),
    (
        "price",
        "one_price_at_a_time",
        "facility_id::text || ' ' || per || ' ' || item",
        "daterange(since, until)",
        "",
    ),
    (
        "sitefact",
        "one_site_fact_at_a_time",
        "facility_id::text || ' ' || what",
        "daterange(valid_from, valid_to)",
        "WHERE (recorded_until IS NULL) DEFERRABLE INITIALLY DEFERRED",
    ),
)


def one_at_a_time() -> RunSQL:
    """Exclusion constraints over days."""
    return RunSQL(
        [_KEYS, *(_alone(*rule) for rule in _RULES)],
        [
            *(f"ALTER TABLE providers_{table} DROP CONSTRAINT {name}" for table, name, *_ in _RULES),
            "DROP TYPE providers_keys",
        ],
    )
