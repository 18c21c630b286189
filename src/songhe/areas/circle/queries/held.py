"""What this process keeps of the city so that a question about one more site is answered at once.

Homes are loaded once and again whenever they were gathered anew or the day turned; the cover of a service is taken from what
was counted with the last run, or counted, when it is first asked for, and then kept up to date site by site.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from threading import RLock, Timer
from typing import Any
from uuid import UUID

import h3
import numpy as np
from numpy.typing import NDArray

from songhe.areas.circle.book import bands, book
from songhe.areas.circle.queries.counted import basis, counted
from songhe.areas.circle.queries.ground import ground
from songhe.areas.circle.queries.homes import Homes, opened, stamp
from songhe.areas.circle.queries.sites import degrees, sites
from songhe.areas.providers.api import PublicPlace, circle, service_kinds
from songhe.core.arrays import numbered
from songhe.core.codes import Point
from songhe.core.codes.region import VILLAGE
from songhe.core.reach import Coverage, Ground, Pairs, Spots
from songhe.engines.access.api import Scope
from songhe.engines.regions.classes import setting_of
from songhe.engines.regions.models import Region

Array = NDArray[Any]
MANY_HOMES, FEW_COVERS = 200_000, 4
MOST_SUMS = 40
PAUSE = 1.0
"""Seconds after which the homes are made ready beside, where the map could be drawn without: it is out by then."""


@dataclass(eq=False)
class Cover:
    """One service: its sites and where they stand, and who is near them. ``numbers`` are those of the coverage by facility."""

    coverage: Coverage
    sites: dict[UUID, PublicPlace] = field(default_factory=dict)
    points: dict[UUID, Point] = field(default_factory=dict)
    numbers: dict[UUID, int] = field(default_factory=dict)
    version: int = 0
    near: dict[int | None, tuple[int, Array]] = field(default_factory=dict)
    sums: dict[Any, tuple[int, dict[str, int], dict[str, int]]] = field(default_factory=dict)
    loads: tuple[int, dict[UUID, int]] | None = None

    def resume(self, held: Held, kind: str) -> None:
        """Begin with what was counted before, if that still stands."""
        found = counted(held, kind)
        if found is None or not found.points:
            return
        where = np.array(list(found.points.values()), float)

        def pairs() -> Pairs:
            return held.ground.pairs(held.snapped(*where.T), held.ready, limit=held.bands[-1])

        numbers = self.coverage.resume(found.near, len(where), pairs)
        self.points, self.numbers = found.points, dict(zip(found.points, numbers, strict=True))
        if found.day == held.day:
            self.loads = self.version, dict(zip(found.points, found.loads, strict=True))
        held.prepare()

    def follow(self, held: Held, rows: list[PublicPlace]) -> None:
        """Take in what opened, moved or closed since the last look."""
        now = {row.id: row for row in rows if row.point}
        points = {row.id: row.point for row in rows if row.point}
        if points != self.points:
            self.version += 1
        if not self.numbers and now:
            numbers = self.coverage.add_all(held.snapped(*degrees(list(now.values()))))
            self.numbers = dict(zip(now, numbers, strict=True))
        else:
            for key in [key for key in self.numbers if key not in now]:
                self.coverage.remove(self.numbers.pop(key))
            for key, row in now.items():
                if key not in self.numbers:
                    self.numbers[key] = self.coverage.add(held.snapped(*degrees([row])))[0]
                elif row.point != self.points[key]:
                    self.coverage.move(self.numbers[key], held.snapped(*degrees([row])))
        self.sites, self.points = now, points


@dataclass(eq=False)
class Held:
    """Homes on the ground, of one day."""

    homes: Homes
    ground: Ground
    day: date
    stamp: str
    covers: OrderedDict[str, Cover] = field(default_factory=OrderedDict)
    lock: Any = field(default_factory=RLock)
    _upper: dict[int, tuple[Array, list[str]]] = field(default_factory=dict)
    _limits: dict[tuple[int, int], Array] = field(default_factory=dict)
    _preparing: bool = False

    def __post_init__(self) -> None:
        self.weights = self.homes.weights(self.day)
        self.rural = _rural(self.homes.region)
        profile = circle()
        self.minutes = {
            kind: (profile.minutes(kind, rural=False), profile.minutes(kind, rural=True))
            for kind in service_kinds()
        }
        self.bands = bands(frozenset(one for pair in self.minutes.values() for one in pair))

    def snapped(self, lon: Array, lat: Array) -> Spots:
        """Points tied to the ground; those without degrees are not placed."""
        lon, lat = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
        good = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        found = self.ground.snap(lon[good], lat[good])
        piece = np.full(len(lon), -1, np.int32)
        part, off = np.zeros(len(lon)), np.zeros(len(lon))
        piece[good], part[good], off[good] = found.piece, found.part, found.off
        return Spots(lon, lat, piece, part, off)

    @cached_property
    def spots(self) -> Spots:
        """The homes on the ground."""
        return self.snapped(self.homes.lon, self.homes.lat)

    @cached_property
    def ready(self) -> Any:
        """The homes, ready to be asked about."""
        return self.ground.homes(self.spots)

    def prepare(self) -> None:
        """Make the homes ready beside, so that the first question about a new site need not wait for it."""
        if "ready" not in self.__dict__ and not self._preparing:
            self._preparing = True
            beside = Timer(PAUSE, lambda: self.ready)
            beside.daemon = True
            beside.start()

    @cached_property
    def basis(self) -> str:
        """What its counts stand on."""
        return basis(self)

    @cached_property
    def people(self) -> Array:
        """Who is counted at all."""
        return self.weights[book().codes[0]] > 0

    @cached_property
    def finest(self) -> tuple[Array, list[str]]:
        """The finest hexes: for each home which one (-1: no place), and their codes."""
        cells, group = np.unique(self.homes.cell, return_inverse=True)
        if len(cells) and cells[0] == 0:
            cells, group = cells[1:], group - 1
        return group, [h3.int_to_str(int(cell)) for cell in cells.tolist()]

    def upper(self, resolution: int) -> tuple[Array, list[str]]:
        """For each of the finest hexes the coarser one that holds it, and their codes."""
        if resolution not in self._upper:
            found = np.array([h3.cell_to_parent(name, resolution) for name in self.finest[1]], "U16")
            names, group = np.unique(found, return_inverse=True)
            self._upper[resolution] = group, names.tolist()
        return self._upper[resolution]

    def cells(self, resolution: int) -> tuple[Array, list[str]]:
        """The coarser hexes: for each home which one (-1: no place), and their codes."""
        group, names = self.upper(resolution)
        return np.append(group, -1)[self.finest[0]], names

    def limits(self, kind: str, minutes: int | None) -> Array:
        """The seconds that count for each home: the same for all, or those of the circle."""
        pair = (minutes, minutes) if minutes is not None else self.minutes[kind]
        if pair not in self._limits:
            self._limits[pair] = np.where(self.rural, pair[1] * 60, pair[0] * 60).astype(np.int32)
        return self._limits[pair]

    def cover(self, kind: str) -> Cover:
        """Who is near the sites of a service today."""
        with self.lock:
            if kind not in self.covers:
                fresh = Coverage(
                    self.ground, lambda: self.ready, self.weights, self.homes.region, bands=self.bands
                )
                self.covers[kind] = Cover(fresh)
                self.covers[kind].resume(self, kind)
                while len(self.homes) > MANY_HOMES and len(self.covers) > FEW_COVERS:
                    self.covers.popitem(last=False)
            self.covers.move_to_end(kind)
            found = self.covers[kind]
            found.follow(self, sites(self.day, kind))
            return found

    def near(self, kind: str, minutes: int | None, cover: Cover | None = None) -> Array:
        """How many sites of a service each home has within the time that counts; kept until a site changes."""
        with self.lock:
            cover = cover or self.cover(kind)
            kept = cover.near.get(minutes)
            if kept is None or kept[0] != cover.version:
                found = cover.coverage
                kept = cover.near[minutes] = (
                    cover.version,
                    picked(found.near, found.bands, self.limits(kind, minutes)),
                )
            return kept[1]

    def loads(self, kind: str) -> dict[UUID, int]:
        """For how many people each site of a service is near; kept until a site changes."""
        with self.lock:
            cover, limits = self.cover(kind), self.limits(kind, None)
            if cover.loads is None or cover.loads[0] != cover.version:
                weight, rows = self.weights[book().codes[0]], cover.coverage.rows
                cover.loads = cover.version, {}
                for key, number in cover.numbers.items():
                    home, seconds = rows[number]
                    cover.loads[1][key] = int(weight[home[seconds <= limits[home]]].sum())
            return cover.loads[1]

    def sums(
        self, kind: str, minutes: int | None, scope: Scope, cover: Cover
    ) -> tuple[dict[str, int], dict[str, int]]:
        """Everybody, and those with a site, by group, of a scope; kept until a site changes."""
        with self.lock:
            near = self.near(kind, minutes, cover)
            key = (minutes, scope.areas)
            kept = cover.sums.get(key)
            if kept is None or kept[0] != cover.version:
                mine = self.homes.mask(scope)
                both = mine & (near > 0)
                kept = cover.sums[key] = (
                    cover.version,
                    {code: int(column[mine].sum()) for code, column in self.weights.items()},
                    {code: int(column[both].sum()) for code, column in self.weights.items()},
                )
                while len(cover.sums) > MOST_SUMS:
                    cover.sums.pop(next(iter(cover.sums)))
            return kept[1], kept[2]

    def away(self, point: Point) -> float | None:
        """Metres from a point to the nearest home; None where nobody lives anywhere."""
        lon, lat = self.homes.lon[self.people], self.homes.lat[self.people]
        if not np.isfinite(lon).any():
            return None
        east = (lon - point.lon) * np.cos(np.radians(point.lat)) * 111_195
        return float(np.nanmin(np.hypot(east, (lat - point.lat) * 111_195)))


def picked(rows: Array, of: tuple[float, ...], limits: Array) -> Array:
    """From a row for each band, for each home the one of its limit."""
    out = np.zeros(rows.shape[1], rows.dtype)
    for band, seconds in enumerate(of):
        mine = limits == seconds
        out[mine] = rows[band][mine]
    return out


def _rural(region: Array) -> Array:
    codes, group = numbered(region)
    known = dict(Region.objects.filter(code__in=codes.tolist(), level=VILLAGE).values_list("code", "setting"))
    told = [
        bool(setting_of(code, known.get(code)).rural) if code in known else False for code in codes.tolist()
    ]
    return np.array(told, bool)[group] if len(codes) else np.zeros(0, bool)


_held: dict[Any, Held] = {}
_lock = RLock()


def held(day: date) -> Held:
    """The city as it is on a day, loaded where it is not yet in this process."""
    with _lock:
        on, now = ground(), stamp()
        if (now, day, id(on)) not in _held:
            _held.clear()
            homes, before = opened(), now
            while (now := stamp()) != before:  # gathered meanwhile
                homes, before = opened(), now
            _held[now, day, id(on)] = Held(homes, on, day, now)
        return _held[now, day, id(on)]


def forget() -> None:
    """Drop what is kept."""
    _held.clear()
