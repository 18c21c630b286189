"""What the map shows of the city as it is now: communities, hexes and sites, cut to the reader's scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.areas.circle.book import book
from songhe.areas.circle.models import Run
from songhe.areas.circle.queries.held import Held
from songhe.areas.providers.api import PublicPlace, site_middles
from songhe.areas.registry.api import middles
from songhe.core.arrays import numbered
from songhe.core.codes import Point
from songhe.engines.access.api import Scope
from songhe.engines.regions.models import Level, Region
from songhe.engines.regions.tree import name_of

Array = NDArray[Any]
RESOLUTIONS = (9, 8, 7, 6)
MOST_CELLS = 4_000
TOLD = 0.85
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Ask:
    """Which figures: a service, a group, within so many minutes (None: the circle's own), of a region in a scope."""

    kind: str
    group: str
    minutes: int | None
    region: Region
    scope: Scope

    @property
    def inside(self) -> Scope:
        """The part of the scope in the region."""
        return self.scope.narrowed(self.region.code, self.region.upper)

    def to(self, region: Region) -> Ask:
        """The same of another region."""
        return replace(self, region=region)


@dataclass(frozen=True, slots=True)
class Place:
    """One community, town or county: how many people, and for how many of them a site is near."""

    code: int
    name: str
    people: int
    covered: int
    point: Point | None = None

    @property
    def missing(self) -> int:
        """Who is not covered."""
        return self.people - self.covered

    @property
    def share(self) -> float | None:
        """Covered by people; None where nobody lives."""
        return self.covered / self.people if self.people else None


def totals(held: Held, ask: Ask) -> tuple[int, int]:
    """People and covered people of the region."""
    weight = held.weights[ask.group] * held.homes.mask(ask.inside)
    return int(weight.sum()), int(weight[held.near(ask.kind, ask.minutes) > 0].sum())


def places(held: Held, ask: Ask, unit: int = 1) -> list[Place]:
    """The communities (or towns, counties) of the region, those with most people out of reach first."""
    rows = np.flatnonzero(held.homes.mask(ask.inside) & (held.weights[ask.group] > 0))
    codes, group = numbered(held.homes.region[rows] // unit * unit)
    people = np.bincount(group, minlength=len(codes))
    covered = np.bincount(group, held.near(ask.kind, ask.minutes)[rows] > 0, len(codes)).astype(int)
    order = np.lexsort((codes, covered - people))
    names = _names(codes.tolist())
    return [
        Place(int(codes[at]), names.get(int(codes[at]), str(codes[at])), int(people[at]), int(covered[at]))
        for at in order
    ]


def _names(codes: Iterable[int]) -> dict[int, str]:
    return dict(Region.objects.filter(code__in=list(codes)).values_list("code", "name"))


def middles_of(held: Held, ask: Ask, unit: int = 1) -> dict[int, Point]:
    """About where communities lie: the middle of the homes of villages, else of the sites in them."""
    low, high = ask.region.code, ask.region.upper
    own = middles(ask.scope, low, high)
    found = {**site_middles(ask.scope, low, high), **own} if unit == 1 else {}
    if unit > 1:
        sums: dict[int, list[Point]] = {}
        for code, point in own.items():
            sums.setdefault(code // unit * unit, []).append(point)
        found = {
            code: Point(*(float(np.mean([point[axis] for point in points])) for axis in (0, 1)))
            for code, points in sums.items()
        }
    return found


@dataclass(frozen=True, slots=True)
class Cell:
    """A hex. ``covered`` is None where so few people live that it would tell about single ones."""

    code: str
    people: int
    covered: int | None


def cells(held: Held, ask: Ask, box: Box | None = None) -> tuple[int, list[Cell]]:
    """Hexes in which people of the region live, of the finest size of which not too many are needed; their resolution."""
    rows = held.homes.mask(ask.inside) & (held.weights[ask.group] > 0) & (held.finest[0] >= 0)
    if box:
        west, south, east, north = box
        with np.errstate(invalid="ignore"):
            rows &= (
                (held.homes.lon >= west)
                & (held.homes.lon <= east)
                & (held.homes.lat >= south)
                & (held.homes.lat <= north)
            )
    hexes = held.finest[0][rows]
    near = held.near(ask.kind, ask.minutes)[rows] > 0
    count = len(held.finest[1])
    people = np.bincount(hexes, minlength=count)
    covered = np.bincount(hexes[near], minlength=count)
    resolution, names, people, covered = _coarse(held, people, covered)
    fewest = book().fewest
    return resolution, [
        Cell(names[at], int(people[at]), int(covered[at]) if people[at] >= fewest else None)
        for at in np.flatnonzero(people)
    ]


def _coarse(held: Held, people: Array, covered: Array) -> tuple[int, list[str], Array, Array]:
    """The finest size of which there are not too many, and in which most people live in hexes that may be told of."""
    for resolution in RESOLUTIONS:
        group, names = held.upper(resolution)
        counts = np.bincount(group, people, len(names))
        if (counts > 0).sum() <= MOST_CELLS and counts[counts >= book().fewest].sum() >= TOLD * counts.sum():
            break
    return resolution, names, counts, np.bincount(group, covered, len(names))


def changed(held: Held, rows: Array, resolution: int) -> list[str]:
    """The hexes of some homes, those with enough people only."""
    group, names = held.upper(resolution)
    finest = np.unique(held.finest[0][rows])
    return [names[at] for at in np.unique(group[finest[finest >= 0]]).tolist()]


def load_of(held: Held, kind: str) -> dict[Any, tuple[PublicPlace, int, int | None]]:
    """For each site of a service how many people it is near for, and how many it can take."""
    with held.lock:
        near, sites = held.loads(kind), held.covers[kind].sites
    return {key: (site, near[key], site.capacity.get(kind)) for key, site in sites.items()}


def unit_below(region: Region) -> int:
    """By which unit a region is best told: counties of a city, towns of a county, villages below."""
    return {Level.CITY: 10**6, Level.COUNTY: 1000}.get(Level(region.level), 1)


def city_of(code: int) -> int:
    """The city of a region."""
    return code // 10**8 * 10**8


def said_minutes(run: Run | Held, kind: str, minutes: int | None) -> tuple[int, int]:
    """Minutes in the city and in the countryside."""
    if minutes is not None:
        return minutes, minutes
    urban, rural = run.minutes[kind]
    return urban, rural


__all__ = [
    "Ask", "Cell", "Place", "cells", "changed", "city_of", "load_of", "middles_of", "name_of", "places", "said_minutes", "totals",
    "unit_below",
]  # fmt: skip
