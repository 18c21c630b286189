"""Days at centres: who is expected, the roll of a day, and what a month came to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from songhe.areas.providers.api import Facility
from songhe.areas.stays.models import Activity, Attendance, Centre, Coming, DayPlace, Entry
from songhe.areas.stays.queries.beds import names_of
from songhe.areas.stays.queries.living import Lived, living_in
from songhe.core import days
from songhe.engines.access.api import Scope, asked, elevated


@dataclass(frozen=True, slots=True)
class RollLine:
    """One person of a day's roll, with what was entered."""

    place: DayPlace
    name: str
    entered: Attendance | None
    lives: Lived | None


def expected(scope: Scope, day: date) -> QuerySet[DayPlace]:
    """Who comes on a day, by the days agreed."""
    rows: QuerySet[DayPlace] = DayPlace.objects.within(scope).filter(
        Q(until=None) | Q(until__gt=day), since__lte=day, weekdays__contains=[day.isoweekday()]
    )
    return rows


def roll(facility_id: UUID, scope: Scope, day: date) -> list[RollLine]:
    """The roll of a centre on a day: who is expected, and who came besides."""
    entered = {
        row.place_id: row for row in Attendance.objects.within(scope).filter(facility_id=facility_id, day=day)
    }
    places = {row.pk: row for row in expected(scope, day).filter(facility_id=facility_id)}
    extra = [key for key in entered if key not in places]
    places |= {row.pk: row for row in DayPlace.objects.within(scope).filter(pk__in=extra)}
    names = names_of(row.person_id for row in places.values())
    lives = living_in([row.person_id for row in places.values()], day)
    lines = [
        RollLine(row, names.get(row.person_id, ""), entered.get(key), lives.get(row.person_id))
        for key, row in places.items()
    ]
    return sorted(lines, key=lambda one: (one.name, one.place.pk))


def not_taken(scope: Scope, day: date) -> QuerySet[Centre]:
    """Centres that are open on a day and expect somebody of whom nothing is entered."""
    entered = Attendance.everywhere.filter(place=OuterRef("pk"), day=day)
    waiting = expected(scope, day).filter(~Exists(entered)).values("facility_id")
    rows: QuerySet[Centre] = Centre.objects.within(scope).filter(
        open_days__contains=[day.isoweekday()], facility__in=waiting
    )
    return rows.select_related("facility").order_by("id")


@dataclass(frozen=True, slots=True)
class MonthOf:
    """What came of a month at a centre: days, meals and fees."""

    persons: int
    days: int
    meals: int
    fen: int
    possible: int


def month_of(centre: Centre, scope: Scope, month: date) -> MonthOf:
    """The month of a centre up to now; ``possible`` is its places on the days entered."""
    first, after = days.month_of(month), days.month_after(month)
    rows = Attendance.objects.within(scope).filter(
        facility_id=centre.facility_id, day__gte=first, day__lt=after, coming=Coming.PRESENT
    )
    found = rows.aggregate(
        persons=Count("person", distinct=True), days=Count("id"), meals=Sum("meals"), fen=Sum("fee_fen"),
        open=Count("day", distinct=True),
    )  # fmt: skip
    return MonthOf(
        found["persons"], found["days"], found["meals"] or 0, found["fen"] or 0, found["open"] * centre.places
    )


def days_of(person_id: UUID, scope: Scope, since: date) -> QuerySet[Attendance]:
    """The days of a person at centres, the latest first."""
    rows: QuerySet[Attendance] = Attendance.objects.within(scope).filter(person_id=person_id, day__gte=since)
    return rows.order_by("-day", "-id")


def activities(facility_id: UUID, scope: Scope, since: date, *, most: int = 30) -> list[Activity]:
    """Activities of a facility from a day on, each with how many take part."""
    rows: QuerySet[Activity] = Activity.objects.within(scope).filter(facility_id=facility_id, day__gte=since)
    found = rows.annotate(taking=Count("entries"))
    return list(found.order_by("day", "starts", "id")[:most])


def taking_part(activity: Activity) -> list[tuple[Entry, str]]:
    """Who takes part, by name; rows of the reader's own scope."""
    rows = list(Entry.everywhere.filter(activity=activity).order_by("entered_at", "id"))
    names = names_of(row.person_id for row in rows)
    return [(row, names.get(row.person_id, "")) for row in rows]


@asked
def _places_of(persons: tuple[UUID, ...], on: date) -> QuerySet[DayPlace]:
    rows = DayPlace.everywhere.filter(Q(until=None) | Q(until__gt=on), person__in=persons)
    return rows.order_by("since", "id")


def places_of(persons: Iterable[UUID], on: date) -> list[tuple[DayPlace, Facility]]:
    """The day places of persons whose kin asks; facilities are public."""
    wanted = tuple(persons)
    places = _places_of(wanted, on) if wanted else []
    if not places:
        return []
    with elevated():
        sites = Facility.everywhere.in_bulk({row.facility_id for row in places})
    return [(row, sites[row.facility_id]) for row in places if row.facility_id in sites]
