"""What a canteen's month adds up to, and what is owed for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from songhe.areas.canteens.models import (
    Canteen,
    CanteenDay,
    CanteenMonth,
    DayState,
    HygieneDay,
    Meal,
    MonthState,
    Sample,
    Supply,
)
from songhe.core.measure import Period
from songhe.engines.access.api import Scope

PARTS = ("meals", "delivered", "price_fen", "subsidy_fen", "village_fen", "donation_fen", "diner_fen")


def statement_of(canteen_id: UUID, month: date) -> CanteenMonth | None:
    """The statement of a month that is not returned."""
    rows = CanteenMonth.everywhere.filter(canteen_id=canteen_id, month=month)
    return rows.exclude(state=MonthState.RETURNED).first()


def closed_in(canteen_id: UUID, period: Period) -> QuerySet[CanteenDay]:
    """The closed days of a period."""
    return CanteenDay.everywhere.filter(
        canteen_id=canteen_id, on__gte=period.start, on__lt=period.end, state=DayState.CLOSED
    )


def days_not_closed(canteen_id: UUID, period: Period) -> list[date]:
    """Days of a period with meals that are not closed."""
    rows = Meal.everywhere.filter(
        canteen_id=canteen_id, on__gte=period.start, on__lt=period.end, voided_at=None
    )
    rows = rows.exclude(on__in=closed_in(canteen_id, period).values("on"))
    return sorted(set(rows.values_list("on", flat=True)))


def figures(canteen: Canteen, period: Period) -> dict[str, int]:
    """The sums of a month, and whether samples and the hygiene log are there for every day on which somebody ate."""
    days = closed_in(canteen.pk, period)
    sums = {name: value or 0 for name, value in days.aggregate(**{name: Sum(name) for name in PARTS}).items()}
    served = set(days.values_list("on", flat=True))
    span = {"canteen": canteen, "on__gte": period.start, "on__lt": period.end}
    eaten = set(Meal.everywhere.filter(**span, voided_at=None).values_list("on", "meal"))
    sampled = set(Sample.everywhere.filter(**span).values_list("on", "meal"))
    clean = set(HygieneDay.everywhere.filter(**span).values_list("on", flat=True))
    persons = Meal.everywhere.filter(**span, voided_at=None).aggregate(n=Count("person_id", distinct=True))[
        "n"
    ]
    spent = Supply.everywhere.filter(**span, voided_at=None).aggregate(fen=Sum("fen"))["fen"]
    return {
        **sums,
        "days": len(served),
        "diners": persons or 0,
        "supplies_fen": spent or 0,
        "samples_complete": bool(served) and eaten <= sampled,
        "hygiene_complete": bool(served) and served <= clean,
    }


@dataclass(frozen=True, slots=True)
class Owed:
    """What an accepted month owes a canteen, for whoever pays it."""

    facility_id: UUID
    month: date
    meals: int
    delivered: int
    subsidy_fen: int
    complete: bool


def owed(month: date, scope: Scope) -> list[Owed]:
    """The accepted months of a scope with the budget's part; ``complete``: samples and hygiene log were all there."""
    rows = CanteenMonth.objects.within(scope).filter(month=month.replace(day=1), state=MonthState.ACCEPTED)
    return [
        Owed(
            row.facility_id, row.month, row.meals, row.delivered, row.subsidy_fen,
            row.samples_complete and row.hygiene_complete,
        )
        for row in rows.order_by("region_id", "id")
    ]  # fmt: skip


def waiting(scope: Scope) -> QuerySet[CanteenMonth]:
    """Statements for the town to accept."""
    rows: QuerySet[CanteenMonth] = CanteenMonth.objects.within(scope).filter(state=MonthState.STATED)
    return rows.order_by("month", "stated_at", "id")
