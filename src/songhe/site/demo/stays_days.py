"""Day-care centres of the demo city: persons who come, two months of rolls, and a week of activities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime
from psycopg.types.json import Jsonb

from songhe.areas.stays.models import Activity, Attendance, Centre, DayPlace, Entry
from songhe.engines.access.api import Grant, Tie
from songhe.engines.acts.api import record_bulk
from songhe.engines.regions.ids import uuid7
from songhe.site.demo.history import City
from songhe.site.demo.load import Load

CENTRES, PERSONS, DAYS = 3, 18, 60
DAY_FEN, MEAL_FEN = 2_000, 800
WEEKS = ([1, 2, 3, 4, 5], [1, 3, 5], [2, 4], [1, 2, 3, 4, 5])
PLACE = (
    "id", "person", "facility", "organisation_id", "region", "home", "weekdays", "since", "entered_by", "entered_at",
)  # fmt: skip
LINE = (
    "id", "place", "person", "facility_id", "organisation_id", "region", "day", "coming", "meals", "fee_fen", "entered_by",
    "entered_at",
)  # fmt: skip
TIE = ("id", "person_id", "holder_id", "kind", "region", "since")
ACTIVITIES = (("合唱", 14), ("手指操", 9), ("书法", 15), ("健康讲座", 10), ("包饺子", 9))
Coming = tuple[UUID, UUID, int, list[int], date]


def days_at_centres(city: City, free: list[int]) -> None:
    """Run a few centres of the county shown; today's roll is still to be taken."""
    sites = [
        (key, owner, int(city.places.code[site.spot]))
        for key, owner, site in city.providers.sites
        if site.kind in ("day_care", "care_station", "comprehensive")
        and int(city.places.code[site.spot]) // 10**6 * 10**6 == city.shown
    ][:CENTRES]
    for number, (key, owner, region) in enumerate(sites):
        places = 30 - number * 5
        Centre.everywhere.create(
            facility_id=key, organisation_id=owner, region_id=region, places=places, open_days=[1, 2, 3, 4, 5],
            day_fen=DAY_FEN, meal_fen=MEAL_FEN,
        )  # fmt: skip
        rows = [free.pop(0) for _ in range(min(PERSONS, len(free) // 8))]
        coming = list(_enrolled(city, rows, key, owner, region))
        _rolls(city, coming, key, owner, region)
        _activities(city, coming, key, owner, region)
    if sites and "daycare" in city.users:
        Grant.objects.filter(user=city.users["daycare"]).update(holder_id=sites[0][0])


def _enrolled(city: City, rows: list[int], key: UUID, owner: UUID, region: int) -> Iterator[Coming]:
    day = localtime(city.at).date()
    found = [
        (
            uuid7(),
            city.ids[row],
            int(city.columns.residence[row]),
            WEEKS[n % len(WEEKS)],
            day - timedelta(days=DAYS + n),
        )
        for n, row in enumerate(rows)
    ]
    load = Load(DayPlace, PLACE)
    load.copy(
        (place, person, key, owner, region, home, Jsonb(week), since, "中心前台", city.at)
        for place, person, home, week, since in found
    )
    load.done("stays.load", at=city.at)
    ties = Load(Tie, TIE)
    ties.copy((uuid7(), person, key, "facility", home, since) for _place, person, home, _week, since in found)
    ties.done("access.load", at=city.at)
    yield from found


def _rolls(city: City, coming: list[Coming], key: UUID, owner: UUID, region: int) -> None:
    load = Load(Attendance, LINE)
    load.copy(_lines(city, coming, key, owner, region))
    load.done("stays.load", at=city.at)


def _lines(
    city: City, coming: list[Coming], key: UUID, owner: UUID, region: int
) -> Iterator[tuple[Any, ...]]:
    today = localtime(city.at).date()
    for back in range(1, DAYS):
        day = today - timedelta(days=back)
        for place, person, _home, week, _since in coming:
            if day.isoweekday() in week:
                here = bool(city.rng.random() < 0.9)
                meals = 1 if here else 0
                fee = DAY_FEN + MEAL_FEN if here else 0
                yield (
                    uuid7(), place, person, key, owner, region, day, "present" if here else "absent", meals, fee, "中心前台",
                    city.on(back, 9),
                )  # fmt: skip


def _activities(city: City, coming: list[Coming], key: UUID, owner: UUID, region: int) -> None:
    today = localtime(city.at).date()
    made = Activity.everywhere.bulk_create(
        Activity(
            facility_id=key, organisation_id=owner, region_id=region, name=name, day=today + timedelta(days=n + 1),
            starts=time(hour), ends=time(hour + 1), places=15,
        )
        for n, (name, hour) in enumerate(ACTIVITIES)
    )  # fmt: skip
    Entry.everywhere.bulk_create(
        Entry(
            activity=one, person_id=person, facility_id=key, organisation_id=owner, region_id=region, entered_at=city.at
        )
        for n, one in enumerate(made)
        for _place, person, _home, _week, _since in coming[n :: len(made)]
    )  # fmt: skip
    record_bulk(
        "stays.load",
        model=Activity,
        count=len(made),
        digest="",
        actor=city.users["city"],
        at=city.at,
        region_id=region,
    )
