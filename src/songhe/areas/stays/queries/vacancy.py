"""What is free: beds and day places by kind, facility and region. It names nobody and needs nobody's scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count as Counted
from django.db.models import Exists, OuterRef, Q, QuerySet

from songhe.areas.providers.api import Facility, State
from songhe.areas.stays.models import OPEN_OFFERS, Bed, BedKind, Centre, Closure, DayPlace, Occupancy, Offer
from songhe.areas.stays.queries.beds import standing
from songhe.areas.stays.rules import Count, share
from songhe.engines.access.api import asked, elevated

PLACES = "places"
"""Day places of a centre, beside the kinds of beds."""
NOTHING = Count()
LIVED_IN = (BedKind.NURSING, BedKind.ORDINARY, BedKind.SHORT)


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Counts of one facility by kind of bed; day places under ``places``. ``said`` is what the register says of beds."""

    facility_id: UUID
    name: str
    kind: str
    region: int
    phone: str
    address: str
    said: tuple[int, int]
    counts: Mapping[str, Count] = field(default_factory=dict)

    @property
    def beds(self) -> Count:
        """All beds in which somebody may live."""
        return sum((self.counts.get(kind, Count()) for kind in LIVED_IN), Count())

    @property
    def free(self) -> int:
        """Everything that is free today."""
        return sum(one.free for one in self.counts.values())

    @property
    def difference(self) -> tuple[int, int]:
        """Registered beds and nursing beds less what the facility register says."""
        nursing = self.counts.get(BedKind.NURSING, Count()).total
        return self.beds.total - self.said[0], nursing - self.said[1]


def vacancies(
    on: date, *, low: int = 0, high: int = 10**12, facilities: Iterable[UUID] | None = None
) -> list[Vacancy]:
    """Free beds and places of a span of regions, or of some facilities, by name. Only counts leave this function."""
    with elevated():  # a count of places is public; no row of a person is read out
        rows = Facility.everywhere.filter(region_id__gte=low, region_id__lt=high, state=State.ACTIVE)
        if facilities is not None:
            rows = rows.filter(pk__in=list(facilities))
        counts = _counts(on, low, high)
        found = rows.filter(pk__in=list(counts)).order_by("name", "id")
        return [
            Vacancy(
                row.pk, row.name, str(row.kind), row.region_id, row.phone, row.address, (row.beds, row.nursing_beds),
                counts[row.pk],
            )
            for row in found
        ]  # fmt: skip


def _counts(on: date, low: int, high: int) -> dict[UUID, dict[str, Count]]:
    out: defaultdict[UUID, dict[str, Count]] = defaultdict(dict)
    for facility, kind, *numbers in _beds(on, low, high):
        out[facility][kind] = Count(*numbers)
    for facility, one in day_places(on, low, high).items():
        out[facility][PLACES] = one
    return dict(out)


@asked
def _beds(on: date, low: int, high: int) -> QuerySet[Bed, Any]:
    later = Q(until=None) | Q(until__gt=on)
    this = OuterRef("pk")
    here = Bed.everywhere.filter(region_id__gte=low, region_id__lt=high)
    beds = standing(here, on).annotate(
        taken=Exists(Occupancy.everywhere.filter(later, since__lte=on, bed=this)),
        shut=Exists(Closure.everywhere.filter(later, since__lte=on, bed=this)),
        held=Exists(Offer.everywhere.filter(state__in=OPEN_OFFERS, bed=this)),
    )
    empty = Q(taken=False)
    counted = beds.order_by().values("facility_id", "kind").annotate(
        total=Counted("id"),
        in_use=Counted("id", filter=Q(taken=True)),
        promised=Counted("id", filter=empty & Q(shut=False, held=True)),
        closed=Counted("id", filter=empty & Q(shut=True)),
    )  # fmt: skip
    return counted.values_list("facility_id", "kind", "total", "in_use", "promised", "closed")


def day_places(on: date, low: int, high: int) -> dict[UUID, Count]:
    """Day places of the weekday of a day, by facility."""
    weekday = on.isoweekday()
    taken = dict(_attended(on, weekday))
    return {
        one.facility_id: Count(one.places, min(taken.get(one.facility_id, 0), one.places))
        for one in _centres(weekday, low, high)
    }


@asked
def _attended(on: date, weekday: int) -> QuerySet[DayPlace, Any]:
    later = Q(until=None) | Q(until__gt=on)
    rows = DayPlace.everywhere.filter(later, since__lte=on, weekdays__contains=[weekday]).order_by()
    return rows.values_list("facility_id").annotate(Counted("id"))


@asked
def _centres(weekday: int, low: int, high: int) -> QuerySet[Centre]:
    return Centre.everywhere.filter(region_id__gte=low, region_id__lt=high, open_days__contains=[weekday])


def summed(rows: Iterable[Vacancy]) -> dict[str, Count]:
    """The counts of many facilities by kind."""
    out: dict[str, Count] = {}
    for row in rows:
        for kind, one in row.counts.items():
            out[kind] = out.get(kind, Count()) + one
    return out


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares in basis points with what they are of: nursing beds of registered beds, and beds lived in of usable ones."""

    nursing: int | None
    nursing_beds: int
    beds: int
    lived_in: int | None
    taken: int
    usable: int


def shares(counts: Mapping[str, Count]) -> Shares:
    """The two shares of some counts."""
    beds = sum((counts.get(kind, Count()) for kind in LIVED_IN), Count())
    nursing = counts.get(BedKind.NURSING, Count()).total
    return Shares(
        share(nursing, beds.total), nursing, beds.total, share(beds.taken, beds.usable), beds.taken, beds.usable
    )  # fmt: skip
