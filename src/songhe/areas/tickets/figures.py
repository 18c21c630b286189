"""What cases of 12345 measure: answered in time, overdue, satisfied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Least

from songhe.areas.tickets.models import CaseState, CityCase
from songhe.engines.indicators.api import Row, Span, measured


def _due(span: Span) -> QuerySet[CityCase]:
    """Cases whose deadline fell in the period and is over. One that was late and is to be done again has a later deadline; it
    stays where it was late first."""
    known: Any = CityCase.everywhere.filter(**span.within)
    fell_due = known.alias(fell_due=Least("due_at", "overdue_at"))
    rows: QuerySet[CityCase] = fell_due.filter(fell_due__gte=span.begins, fell_due__lt=span.so_far)
    return rows.exclude(state__in=[CaseState.SENT_BACK, CaseState.WITHDRAWN]).order_by("region_id")


@measured("city_cases_in_time")
def in_time(span: Span) -> Iterable[Row]:
    """Cases answered or closed by their deadline among those whose deadline fell in the period."""
    done = Q(answered_at__lte=F("due_at")) | Q(answered_at=None, closed_at__lte=F("due_at"))
    done &= Q(overdue_at=None)
    return list(_due(span).values_list("region_id").annotate(good=Count("pk", filter=done), all=Count("pk")))


@measured("city_cases_returned")
def returned(span: Span) -> Iterable[Row]:
    """Cases that 12345 returned to be done again, among the same."""
    again = Q(returns__gt=0)
    return list(_due(span).values_list("region_id").annotate(bad=Count("pk", filter=again), all=Count("pk")))


@measured("city_cases_satisfied")
def satisfied(span: Span) -> Iterable[Row]:
    """Cases with 4 or 5 in 12345's own call-back, among those it rated."""
    rows = _due(span).filter(score__isnull=False)
    return list(
        rows.values_list("region_id").annotate(good=Count("pk", filter=Q(score__gte=4)), all=Count("pk"))
    )
