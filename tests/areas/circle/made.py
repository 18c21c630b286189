"""A small place for stories: homes round the villages of two counties, and sites at some of them."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.providers import made as providers

from songhe.areas.circle import actions
from songhe.areas.circle.actions import scenarios
from songhe.areas.circle.models import Goal, Run, Scenario, Siting
from songhe.areas.circle.queries import ground, held
from songhe.areas.providers.api import Facility, Kind
from songhe.areas.registry.api import Person, find_middles, locate
from songhe.core.codes import Point, span
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.regions.models import Region

HERE, THERE = Point(122.4200, 37.1600), Point(121.5400, 36.9200)
METRE = 1 / 111_195
KIND = "day_care"
_numbers = itertools.count(1)


def at(middle: Point, east: float, north: float = 0.0) -> Point:
    """So many metres east and north of a point."""
    return Point(middle.lon + east * METRE / 0.797, middle.lat + north * METRE)


def living(region: int, point: Point | None, *, born: date = date(1950, 3, 1), **values: Any) -> Person:
    """Somebody who lives at a point."""
    found = make.person(region, born=born, **values)
    if point:
        with entered(Scope.EVERYTHING):
            locate(found, point)
    return found


def site(point: Point, region: int = make.COUNTY, kind: Kind = Kind.DAY_CARE, **values: Any) -> Facility:
    """A site at a point, open today."""
    told = {name: values.pop(name) for name in ("phone", "address") if name in values}
    made = providers.facility(providers.organisation(region), kind, region, **values)
    Facility.everywhere.filter(pk=made.pk).update(lon=round(point.lon, 6), lat=round(point.lat, 6), **told)
    made.refresh_from_db()
    return made


def worked_out() -> Run:
    """Everybody gathered and the city worked out, as after a night."""
    forget()
    now = timezone.now()
    find_middles(*span(make.CITY), at=now)
    actions.gather(*span(make.CITY), at=now)
    return actions.compute_now(make.CITY, actor=SYSTEM, at=now)


def forget() -> None:
    """Nothing of another test is kept in memory."""
    held.forget()
    ground.forget()


def office(region: int = make.COUNTY, role: str = "county_officer") -> Client:
    """An officer's browser."""
    return providers.client_of(make.user(role, region))


def scenario(region: int = make.COUNTY, kind: str = KIND) -> Scenario:
    """An empty scenario."""
    with entered(Scope.EVERYTHING):
        return scenarios.draft_scenario(
            actor=SYSTEM,
            at=timezone.now(),
            name=f"方案{next(_numbers)}",
            kind=kind,
            region=Region.objects.get(pk=region),
        )


def siting(region: int = make.COUNTY) -> Siting:
    """A question that waits for its answer."""
    with entered(Scope.EVERYTHING):
        return Siting.everywhere.create(
            region_id=region, kind=KIND, goal=Goal.COVER, sites=2, candidates="villages", asked_by_id=SYSTEM.id, asked_by="system",
            asked_at=timezone.now(),
        )  # fmt: skip
