"""What canteens measure: diners, meals, the budget's part, supplies for a meal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, Sum

from songhe.areas.canteens.models import CanteenDay, DayState, Diner, Meal, Supply
from songhe.engines.indicators.api import Row, Span, measured


def _during(span: Span) -> dict[str, Any]:
    return {**span.within, "on__gte": span.period.start, "on__lt": span.period.end}


@measured("canteen_diners")
def canteen_diners(span: Span) -> Iterable[Row]:
    """Persons enrolled at a canteen on the last day of the period."""
    day = span.last_day
    rows = Diner.everywhere.filter(**span.within, since__lte=day).filter(Q(until=None) | Q(until__gt=day))
    return [
        (region, n, None) for region, n in rows.values_list("region_id").annotate(n=Count("pk")).order_by()
    ]


def _meals(span: Span) -> Counter[int]:
    rows = Meal.everywhere.filter(**_during(span), voided_at=None).values_list("region_id")
    return Counter(dict(rows.annotate(n=Count("pk")).order_by()))


@measured("canteen_meals")
def canteen_meals(span: Span) -> Iterable[Row]:
    """Meals that count."""
    return [(region, n, None) for region, n in _meals(span).items()]


@measured("canteen_subsidy")
def canteen_subsidy(span: Span) -> Iterable[Row]:
    """The budget's part of closed days."""
    rows = CanteenDay.everywhere.filter(**_during(span), state=DayState.CLOSED).values_list("region_id")
    return [(region, fen, None) for region, fen in rows.annotate(n=Sum("subsidy_fen")).order_by()]


@measured("canteen_meal_cost")
def canteen_meal_cost(span: Span) -> Iterable[Row]:
    """Paid for supplies, for one meal."""
    rows = Supply.everywhere.filter(**_during(span), voided_at=None).values_list("region_id")
    spent, meals = dict(rows.annotate(n=Sum("fen")).order_by()), _meals(span)
    return [(region, spent.get(region, 0), meals[region]) for region in sorted(spent.keys() | meals.keys())]
