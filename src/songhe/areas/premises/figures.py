"""What premises measure: how many new compounds are in order, square metres handed over, projects on time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, Q, QuerySet, Sum

from songhe.areas.premises import queries
from songhe.areas.premises.models import Compound, CompoundKind, Standing, Upgrade, UpgradeState
from songhe.engines.indicators.api import Row, Span, measured


def _owing(span: Span) -> QuerySet[Compound]:
    """Compounds whose planning permit is out by the end of the period."""
    rows: QuerySet[Compound] = Compound.everywhere.filter(
        region_id__gte=span.low, region_id__lt=span.high, permitted_on__lt=span.period.end
    )
    return rows.exclude(standing=Standing.STRUCK)


@measured("premises_in_order")
def premises_in_order(span: Span) -> Iterable[Row]:
    """New compounds in order among all new compounds whose planning permit is out by the end of the period."""
    found = (
        _owing(span)
        .filter(kind=CompoundKind.NEW)
        .values_list("region_id")
        .annotate(good=Count("pk", filter=Q(standing=Standing.COMPLIES)), all=Count("pk"))
    )
    return list(found.order_by("region_id"))


@measured("premises_handed_over")
def premises_handed_over(span: Span) -> Iterable[Row]:
    """Square metres handed over among those owed by all compounds that owe them."""
    found = _owing(span).values_list("region_id").annotate(Sum("delivered_m2"), Sum("required_m2"))
    return list(found.order_by("region_id"))


@measured("upgrades_on_time")
def upgrades_on_time(span: Span) -> Iterable[Row]:
    """Projects approved by the end of the period that are finished or not late, among all of them that were not dropped."""
    rows = Upgrade.everywhere.filter(region_id__gte=span.low, region_id__lt=span.high)
    rows = rows.filter(state__in=[UpgradeState.UNDER_WAY, UpgradeState.FINISHED])
    late = set(queries.late_upgrades(rows, span.period.end - timedelta(days=1)).values_list("pk", flat=True))
    good: Counter[int] = Counter()
    all_: Counter[int] = Counter()
    for key, region in rows.values_list("pk", "region_id"):
        all_[region] += 1
        good[region] += key not in late
    return [(region, good[region], all_[region]) for region in sorted(all_)]


@measured("upgrades_finished")
def upgrades_finished(span: Span) -> Iterable[Row]:
    """Projects finished by the end of the period."""
    rows = Upgrade.everywhere.filter(
        region_id__gte=span.low, region_id__lt=span.high, finished_on__lt=span.period.end
    )
    for region, count in rows.values_list("region_id").annotate(count=Count("pk")).order_by("region_id"):
        yield region, count, None
