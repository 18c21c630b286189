"""Who may assess, when both have signed, and how long a result holds."""

from __future__ import annotations

import calendar
from datetime import date
from uuid import UUID

from songhe.core.decision import Decision, grant, refuse

Pair = tuple[UUID, UUID]


def assessors(
    first: UUID, second: UUID, *, medical: frozenset[UUID], able: frozenset[UUID]
) -> Decision[Pair]:
    """Two different people who may assess here, at least one with a medical or nursing background."""
    if first == second:
        return refuse(
            "Two different people have to assess. Choose another second assessor.",
            code="assessment.same_assessor",
            rule="two_assessors",
        )
    if not {first, second} <= able:
        return refuse(
            "One of the two may not assess in this region. Choose somebody from the list.",
            code="assessment.not_able",
            rule="two_assessors",
        )
    if not medical & {first, second}:
        return refuse(
            "At least one assessor needs a medical or nursing background. Say which of the two has it.",
            code="assessment.no_medical",
            rule="two_assessors",
        )
    return grant((first, second), because="Two assessors, one of them medical", rule="two_assessors")


def holds_until(assessed_on: date, months: int) -> date:
    """The first day on which a result no longer counts; the last day of a shorter month stands for a missing day."""
    years, month = divmod(assessed_on.month - 1 + months, 12)
    year = assessed_on.year + years
    return date(year, month + 1, min(assessed_on.day, calendar.monthrange(year, month + 1)[1]))
