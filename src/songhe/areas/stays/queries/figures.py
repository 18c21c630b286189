"""What stays measure: beds lived in of usable ones, family care beds, and places at day centres that are used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, Q

from songhe.areas.stays.models import Attendance, Bed, BedKind, Centre, Closure, Coming, Occupancy
from songhe.areas.stays.queries.beds import standing
from songhe.areas.stays.queries.home_beds import in_service
from songhe.engines.indicators.api import Row, Span, measured


@measured("bed_occupancy")
def bed_occupancy(span: Span) -> Iterable[Row]:
    """Registered beds lived in over registered beds in order, on the last day."""
    day = span.last_day
    later = Q(until=None) | Q(until__gt=day)
    beds = standing(Bed.everywhere.filter(**span.within), day)
    beds = beds.exclude(kind=BedKind.DAY)
    closed = Closure.everywhere.filter(later, since__lte=day).values("bed")
    taken = Occupancy.everywhere.filter(later, since__lte=day).values("bed")
    usable = _by_region(beds.exclude(Q(pk__in=closed) & ~Q(pk__in=taken)))
    lived = _by_region(beds.filter(pk__in=taken))
    for region in sorted(usable):
        yield region, lived.get(region, 0), usable[region]


@measured("family_care_beds")
def family_care_beds(span: Span) -> Iterable[Row]:
    """Family care beds in service on the last day."""
    for region, n in sorted(_by_region(in_service(span.low, span.high, span.last_day)).items()):
        yield region, n, None


@measured("day_care_use")
def day_care_use(span: Span) -> Iterable[Row]:
    """Days that persons came over places on the days of which a roll was taken."""
    rows = Attendance.everywhere.filter(**span.within, day__gte=span.period.start, day__lt=span.period.end)
    places = dict(Centre.everywhere.values_list("facility_id", "places"))
    came: defaultdict[int, int] = defaultdict(int)
    possible: defaultdict[int, int] = defaultdict(int)
    days = rows.order_by().values_list("region_id", "facility_id", "day")
    for region, facility, _day, n in days.annotate(n=Count("id", filter=Q(coming=Coming.PRESENT))):
        came[region] += n
        possible[region] += places.get(facility, 0)
    for region in sorted(possible):
        yield region, came[region], possible[region]


def _by_region(rows: object) -> dict[int, int]:
    found = rows.order_by().values_list("region_id").annotate(Count("id"))  # type: ignore[attr-defined]  # any scoped rows
    return dict(found)
