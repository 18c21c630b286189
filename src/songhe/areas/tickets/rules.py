"""Deadlines and warnings of cases that 12345 sent. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from songhe.core.flow import Calendar, Span
from songhe.core.labels import Label
from songhe.core.sources import DataError, label, part, whole

WHERE = "tickets"
KINDS = ("enquiry", "request", "complaint", "suggestion", "help")
LEVELS = ("ordinary", "urgent", "supervised")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an installation says about cases of 12345."""

    days: Mapping[str, int]
    urgent_minutes: int
    warn_minutes: int
    most_extra_days: int
    assumed: Label | None


def build_terms(data: Mapping[str, Any]) -> Terms:
    """Terms from the data file."""
    days = part(data, "days", WHERE)
    if set(days) != set(KINDS):
        raise DataError(f"{WHERE}: days names {', '.join(KINDS)}.")
    assumed = data.get("assumed")
    made = Terms(
        days={kind: whole(days, kind, f"{WHERE}, days") for kind in KINDS},
        urgent_minutes=whole(data, "urgent_minutes", WHERE),
        warn_minutes=whole(data, "warn_minutes", WHERE),
        most_extra_days=whole(data, "most_extra_days", WHERE),
        assumed=label(assumed, f"{WHERE}, assumed") if assumed else None,
    )
    if min(made.days.values()) < 1 or not made.urgent_minutes or not made.most_extra_days:
        raise DataError(f"{WHERE}: nothing is due at once, and an extension has a day at least.")
    return made


def due(
    kind: str, level: str, at: datetime, said: datetime | None, *, terms: Terms, calendar: Calendar
) -> datetime:
    """When a case is due: as 12345 said, else by kind and level over the working calendar."""
    if said is not None:
        return said
    if level == "ordinary":
        return calendar.deadline(at, Span("working_days", terms.days[kind]))
    soon = calendar.deadline(at, Span("working_minutes", terms.urgent_minutes))
    return min(soon, calendar.deadline(at, Span("working_days", terms.days[kind])))


def is_near(at: datetime, due_at: datetime, *, terms: Terms, calendar: Calendar) -> bool:
    """Whether a deadline has come so near that people are warned; a deadline that has passed is near."""
    if due_at - at > timedelta(days=40):
        return False
    return calendar.working_minutes(at, due_at) <= terms.warn_minutes
