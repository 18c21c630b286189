"""What this process keeps of the city so that a question about one more site is answered at once.

Homes are loaded once and again whenever they were gathered anew or the day turned; the cover of a service is loaded when it is
first asked for and then kept up to date site by site.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import isfinite
from threading import RLock
from typing import Any
from uuid import UUID

import h3
import numpy as np
from numpy.typing import NDArray

from songhe.areas.circle.book import bands, book
from songhe.areas.circle.queries.ground import ground
from songhe.areas.circle.queries.homes import Homes, opened, stamp
from songhe.areas.circle.queries.sites import degrees, sites
from songhe.areas.providers.api import PublicPlace, circle, service_kinds
from songhe.core.codes import Point
from songhe.core.codes.region import VILLAGE
from songhe.core.reach import Coverage, Ground, Spots
from songhe.engines.regions.classes import setting_of
from songhe.engines.regions.models import Region

Array = NDArray[Any]
FINEST = 10
MANY_HOMES, FEW_COVERS = 200_000, 4


@dataclass(eq=False)
class Cover:
    """One service: its sites, and who is near them. ``numbers`` are those of the coverage by facility."""

    coverage: Coverage
    sites: dict[UUID, PublicPlace] = field(default_factory=dict)
    numbers: dict[UUID, int] = field(default_factory=dict)

    def follow(self, held: Held, rows: list[PublicPlace]) -> None:
        """Take in what opened, moved or closed since the last look."""
        now = {row.id: row for row in rows if row.point}
        if not self.numbers and now:
            numbers = self.coverage.add_all(held.snapped(*degrees(list(now.values()))))
            self.numbers = dict(zip(now, numbers, strict=True))
        else:
            for key in [key for key in self.numbers if key not in now]:
                self.coverage.remove(self.numbers.pop(key))
            for key, row in now.items():
                if key not in self.numbers:
                    self.numbers[key] = self.coverage.add(held.snapped(*degrees([row])))[0]
                elif row.point != self.sites[key].point:
                    self.coverage.move(self.numbers[key], held.snapped(*degrees([row])))
        self.sites = now


@dataclass(eq=False)
class Held:
    """Homes on the ground, of one day."""

    homes: Homes
    ground: Ground
    day: date
    covers: OrderedDict[str, Cover] = field(default_factory=OrderedDict)
    lock: Any = field(default_factory=RLock)

    def __post_init__(self) -> None:
        self.spots = self.snapped(self.homes.lon, self.homes.lat)
        self.ready = self.ground.homes(self.spots)
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
    def people(self) -> Array:
        """Who is counted at all."""
        return self.weights[book().codes[0]] > 0

    @cached_property
    def finest(self) -> tuple[Array, list[str]]:
        """The finest hexes: for each home which one (-1: no place), and their codes."""
        lon, lat = self.homes.lon, self.homes.lat
        codes = [
            h3.latlng_to_cell(y, x, FINEST) if isfinite(x) else ""
            for x, y in zip(lon.tolist(), lat.tolist(), strict=True)
        ]
        names, group = np.unique(np.array(codes, "U16"), return_inverse=True)
        if len(names) and names[0] == "":
            return group - 1, names[1:].tolist()
        return group, names.tolist()

    def cells(self, resolution: int) -> tuple[Array, list[str]]:
        """The same for coarser hexes."""
        group, names = self.finest
        upper = np.array([h3.cell_to_parent(name, resolution) for name in names], "U16")
        coarse, which = np.unique(upper, return_inverse=True)
        return np.append(which, -1)[group], coarse.tolist()

    def limits(self, kind: str, minutes: int | None) -> Array:
        """The seconds that count for each home: the same for all, or those of the circle."""
        if minutes is not None:
            return np.full(len(self.homes), minutes * 60)
        urban, rural = self.minutes[kind]
        return np.where(self.rural, rural * 60, urban * 60)

    def cover(self, kind: str) -> Cover:
        """Who is near the sites of a service today."""
        with self.lock:
            if kind not in self.covers:
                fresh = Coverage(self.ground, self.ready, self.weights, self.homes.region, bands=self.bands)
                self.covers[kind] = Cover(fresh)
                while len(self.homes) > MANY_HOMES and len(self.covers) > FEW_COVERS:
                    self.covers.popitem(last=False)
            self.covers.move_to_end(kind)
            found = self.covers[kind]
            found.follow(self, sites(self.day, kind))
            return found

    def near(self, kind: str, minutes: int | None) -> Array:
        """How many sites of a service each home has within the time that counts."""
        found = self.cover(kind).coverage
        return picked(found.near, found.bands, self.limits(kind, minutes))

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
    codes, group = np.unique(region, return_inverse=True)
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
        key = (*stamp(), day, id(ground()))
        if key not in _held:
            _held.clear()
            _held[key] = Held(opened(), ground(), day)
        return _held[key]


def forget() -> None:
    """Drop what is kept."""
    _held.clear()
