"""Beds, stays and what goes with them for the suite over every record."""

from __future__ import annotations

from datetime import time
from typing import Any

from tests import make
from tests.areas.stays import made

from songhe.areas.stays import actions
from songhe.areas.stays.models import (
    Activity,
    Application,
    Attendance,
    Bed,
    Centre,
    Coming,
    DayPlace,
    HomeBed,
    Stay,
)
from songhe.engines.access.api import SYSTEM


def beds(n: int, region: int) -> list[Bed]:
    house = made.house(rooms="301", each=n, region=region)
    return house.beds()


def stays(n: int, region: int) -> list[Stay]:
    house = made.house(rooms="301", each=n, region=region)
    return [made.admitted(house, made.person(region=region), bed=bed) for bed in house.beds()]


def waiting(n: int, region: int) -> list[Application]:
    house = made.house(rooms="", region=region)
    return [made.waits(made.person(region=region), house) for _ in range(n)]


def home_beds(n: int, region: int) -> list[HomeBed]:
    return [made.home_bed(made.person(region=region)) for _ in range(n)]


def centres(n: int, region: int) -> list[Centre]:
    return [made.centre(made.house(rooms="", region=region)) for _ in range(n)]


def places(n: int, region: int) -> list[DayPlace]:
    centre = made.centre(made.house(rooms="", region=region))
    common: dict[str, Any] = {
        "actor": SYSTEM,
        "at": made.now(),
        "weekdays": [1, 2, 3, 4, 5, 6, 7],
        "since": made.today(-5),
    }
    return [actions.enrol(centre, person=made.person(region=region), **common) for _ in range(n)]


def days(n: int, region: int) -> list[Attendance]:
    return [
        actions.mark(place, actor=SYSTEM, at=made.now(), day=made.today(), coming=Coming.PRESENT, meals=1)
        for place in places(n, region)
    ]


def activities(n: int, region: int) -> list[Activity]:
    centre = made.centre(made.house(rooms="", region=region))
    return [
        actions.plan_activity(
            centre,
            actor=SYSTEM,
            at=made.now(),
            name=f"合唱{number}",
            day=made.today(),
            starts=time(14),
            ends=time(15),
        )
        for number in range(n)
    ]


make.SAMPLES |= {
    "beds": beds,
    "stays": stays,
    "waiting-list": waiting,
    "family-care-beds": home_beds,
    "day-care": centres,
    "day-places": places,
    "day-attendance": days,
    "activities": activities,
}
