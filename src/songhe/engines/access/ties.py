"""Tying persons to those who serve them, and untying."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from songhe.engines.access.models import Tie


def tie(person_id: UUID, holder_id: UUID, kind: Tie.Kind, *, region_id: int, since: date) -> None:
    """Let a holder reach a person from a day on; an open tie of the same kind stays as it is."""
    Tie.everywhere.bulk_create(
        [Tie(person_id=person_id, holder_id=holder_id, kind=kind, region_id=region_id, since=since)],
        ignore_conflicts=True,
    )


def untie(
    person_id: UUID, holder_id: UUID | None = None, *, kind: Tie.Kind | None = None, until: date
) -> int:
    """End open ties of a person (to one holder, of one kind, or all); the last day seen is the one before ``until``."""
    rows = Tie.everywhere.filter(person_id=person_id, until=None)
    if holder_id is not None:
        rows = rows.filter(holder_id=holder_id)
    if kind is not None:
        rows = rows.filter(kind=kind)
    return rows.update(until=until)
