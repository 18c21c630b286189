"""What premises measure: how many new compounds are in order, square metres handed over, projects on time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db.models import Count, QuerySet, Sum

from songhe.areas.premises import queries
from songhe.areas.premises.models import Compound, CompoundKind, Standing, Step, StepState, Upgrade
from songhe.engines.indicators.api import Row, Span, measured
from songhe.kit.clock import today


def _day(span: Span) -> date:
    """The last day of the period, or today where that is still to come: nothing is late before."""
    return min(span.last_day, today())


def _owing(span: Span) -> QuerySet[Compound]:
    """Compounds whose planning permit is out by the end of the period."""
    rows: QuerySet[Compound] = Compound.everywhere.filter(**span.within, permitted_on__lt=span.period.end)
    return rows.exclude(standing=Standing.STRUCK)


@measured("premises_in_order")
def premises_in_order(span: Span) -> Iterable[Row]:
    """New compounds in order among all new compounds whose planning permit is out by the end of the period."""
    on, found = _day(span), list(_owing(span).filter(kind=CompoundKind.NEW))
    judged = queries.seen(found, on)
    good = Counter(row.region_id for row in found if queries.standing_of(row, judged[row.pk], on) == Standing.COMPLIES)  # fmt: skip
    all_ = Counter(row.region_id for row in found)
    return [(region, good[region], all_[region]) for region in sorted(all_)]


@measured("premises_handed_over")
def premises_handed_over(span: Span) -> Iterable[Row]:
    """Square metres handed over by the end of the period among those owed by all compounds that owe them."""
    owing = _owing(span)
    came = Step.everywhere.filter(kind="deliver", state=StepState.PASSED, on__lt=span.period.end)
    sums = (
        came.filter(phase__compound__in=owing).values_list("phase__compound__region_id").annotate(Sum("m2"))
    )
    given = dict(sums.order_by())
    owed = owing.values_list("region_id").annotate(Sum("required_m2")).order_by("region_id")
    return [(region, given.get(region, 0), m2) for region, m2 in owed]


@measured("upgrades_on_time")
def upgrades_on_time(span: Span) -> Iterable[Row]:
    """Projects approved by the end of the period that were finished or not late then, among all that were not dropped by then."""
    on = _day(span)
    rows = Upgrade.everywhere.filter(**span.within, approved_at__lt=queries.after(on))
    rows = rows.exclude(queries.dropped(on))
    late = Counter(queries.late_upgrades(rows, on).values_list("region_id", flat=True))
    all_ = Counter(rows.values_list("region_id", flat=True))
    return [(region, all_[region] - late[region], all_[region]) for region in sorted(all_)]


@measured("upgrades_finished")
def upgrades_finished(span: Span) -> Iterable[Row]:
    """Projects finished by the end of the period."""
    rows = Upgrade.everywhere.filter(**span.within, finished_on__lt=span.period.end)
    for region, count in rows.values_list("region_id").annotate(count=Count("pk")).order_by("region_id"):
        yield region, count, None
