"""What work came to in a month, and the indicators made of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from songhe.areas.providers.api import Worker, days_off
from songhe.areas.roster.limits import ground
from songhe.areas.roster.models import Level, WorkMonth
from songhe.areas.roster.rules import Stop, Tally, minute_of, paid_day, tallied
from songhe.areas.visits.api import Visit, VisitState, grace_minutes
from songhe.core.measure import Period
from songhe.engines.indicators.api import Row, Span, measured
from songhe.kit.days import begin_of

DUE = (VisitState.DONE, VisitState.IN_VAIN, VisitState.MISSED)
Key = tuple[str, UUID | None, UUID | None, int]
"""Level, worker, organisation, region."""


def worked(month: Period, until: date) -> dict[Key, Tally]:
    """What everybody, every organisation and every county did in a month before a day."""
    after = min(month.end, until)
    found = tallied(_stops(month.start, after), begin_of(month.start), ground(), grace_minutes())
    employed = Worker.everywhere.filter(since__lt=after).filter(Q(until=None) | Q(until__gt=month.start))
    rows = list(
        Worker.everywhere.filter(Q(pk__in=employed.values("pk")) | Q(pk__in=[UUID(key) for key in found]))
    )
    paid = _paid(rows, month.start, (after - month.start).days)
    out: defaultdict[Key, Tally] = defaultdict(Tally)
    for worker in rows:
        tally = found.get(str(worker.pk), Tally())
        tally.paid = paid[worker.pk]
        home = worker.region_id
        out[Level.WORKER, worker.pk, worker.organisation_id, home].add(tally)
        out[Level.ORGANISATION, None, worker.organisation_id, worker.organisation.region_id].add(tally)
        out[Level.COUNTY, None, None, home // 10**6 * 10**6].add(tally)
    return dict(out)


def _stops(first: date, after: date) -> Iterable[Stop]:
    """Visits due in a span of days, and given ones of the days before that tell who knows whom."""
    since, until = begin_of(first), begin_of(after)
    early = since - timedelta(days=ground().known_days)
    rows = Visit.everywhere.filter(state__in=DUE, starts_at__gte=early, starts_at__lt=until)
    rows = rows.filter(Q(starts_at__gte=since) | Q(state=VisitState.DONE)).filter(rejected_at=None)
    for worker, person, starts, arrived, left, minutes, state in rows.values_list(
        "worker_id", "person_id", "starts_at", "arrived_at", "left_at", "minutes", "state"
    ).iterator(chunk_size=5_000):
        yield Stop(
            worker=str(worker),
            person=str(person),
            promised=timezone.localtime(starts),
            arrived=_local(arrived),
            left=_local(left),
            minutes=minutes or 0,
            state=state,
        )


def _local(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment) if moment else None


def _paid(workers: Iterable[Worker], first: date, days: int) -> dict[UUID, int]:
    """Paid minutes by the hours as they stand now, without days of leave."""
    rows = list(workers)
    off = days_off([worker.pk for worker in rows], first, days) if days > 0 else {}
    out = {}
    for worker in rows:
        hours, away = worker.hours, off.get(worker.pk, frozenset())
        end = minute_of(hours.until.replace(second=0, microsecond=0))
        each = paid_day(minute_of(hours.since), end, worker.break_minutes, ground())
        on = (first + timedelta(days=n) for n in range(max(days, 0)))
        out[worker.pk] = each * sum(
            day.isoweekday() in hours.days and day not in away and worker.employed(day) for day in on
        )
    return out


def _measured(span_: Span, numerator: str, denominator: str) -> Iterable[tuple[int, int, int]]:
    rows: QuerySet[WorkMonth] = WorkMonth.everywhere.filter(
        level=Level.WORKER, month__gte=span_.period.start, month__lt=span_.period.end
    )
    sums = rows.filter(region_id__gte=span_.low, region_id__lt=span_.high).order_by().values_list("region_id")
    yield from sums.annotate(above=Sum(numerator), below=Sum(denominator))


@measured("work_punctual")
def punctual(span_: Span) -> Iterable[Row]:
    """Visits begun within the grace minutes, of those due."""
    return list(_measured(span_, "punctual", "due"))


@measured("work_continuity")
def continuity(span_: Span) -> Iterable[Row]:
    """Visits by somebody who was with the person lately, of those to persons whom anybody was with lately."""
    return list(_measured(span_, "known", "knowable"))


@measured("work_utilisation")
def utilisation(span_: Span) -> Iterable[Row]:
    """Minutes of service, of those paid."""
    return list(_measured(span_, "service", "paid"))


@measured("work_travel_share")
def travel_share(span_: Span) -> Iterable[Row]:
    """Minutes between visits, of these and those of service."""
    return [
        (region, travel, service + travel)
        for region, travel, service in _measured(span_, "travel", "service")
    ]
