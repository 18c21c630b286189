"""What visits measure: minutes given, visits accepted, orders taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, QuerySet, Sum

from songhe.areas.visits import pace
from songhe.areas.visits.limits import terms
from songhe.areas.visits.models import Order, Visit, VisitState
from songhe.areas.visits.queries import countable
from songhe.engines.access.api import Scope, elevated
from songhe.engines.indicators.api import Row, Span, measured


def _visits(span: Span) -> QuerySet[Visit]:
    rows: QuerySet[Visit] = Visit.everywhere.filter(**span.within)
    return rows.filter(starts_at__gte=span.begins, starts_at__lt=span.ends).order_by()


def minutes_given(span: Span) -> dict[int, int]:
    """Minutes of visits that count, by region."""
    rows = _visits(span).filter(countable()).values_list("region_id").annotate(total=Sum("minutes"))
    return dict(rows)


@measured("visits_accepted")
def visits_accepted(span: Span) -> Iterable[Row]:
    """Visits that count among those promised and not called off."""
    rows = _visits(span).exclude(state=VisitState.CANCELLED).values_list("region_id")
    return list(
        rows.annotate(good=Count("pk", filter=countable()), all=Count("pk")).values_list(
            "region_id", "good", "all"
        )
    )


@measured("orders_opened")
def orders_opened(span: Span) -> Iterable[Row]:
    """Orders placed."""
    rows = Order.everywhere.filter(**span.within)
    rows = rows.filter(placed_at__gte=span.begins, placed_at__lt=span.ends).order_by()
    return [(region, count, None) for region, count in rows.values_list("region_id").annotate(n=Count("pk"))]


def _in_time(code: str, span: Span) -> list[Row]:
    """Of orders placed, how many came from one moment to another within the limit, by region."""
    wanted = terms().spans.get(code)
    if wanted is None:
        return []
    reach = Scope.EVERYTHING.narrowed(span.low, span.high)
    good: Counter[int] = Counter()
    all_: Counter[int] = Counter()
    with elevated():  # figures are counted for whole regions
        for row in pace.rows_of(reach, span.begins, span.ends):
            pair = pace.taken(row, wanted)
            if pair is not None:
                all_[row["region_id"]] += 1
                good[row["region_id"]] += pair[0] <= pair[1]
    return [(region, good[region], count) for region, count in all_.items()]


@measured("orders_assigned_in_time")
def assigned_in_time(span: Span) -> Iterable[Row]:
    """Orders that had somebody within the limit."""
    return _in_time("assigned", span)


@measured("orders_accepted_in_time")
def accepted_in_time(span: Span) -> Iterable[Row]:
    """Orders to which the worker said yes within the limit."""
    return _in_time("accepted", span)


@measured("orders_confirmed_in_time")
def confirmed_in_time(span: Span) -> Iterable[Row]:
    """Services that the person accepted within the limit."""
    return _in_time("confirmed", span)


@measured("orders_called_back_in_time")
def called_back_in_time(span: Span) -> Iterable[Row]:
    """Services about which somebody called back within the limit."""
    return _in_time("called_back", span)
