"""What the public asks: which places are near, and where an address lies. Nothing here is about a person."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from math import isfinite
from threading import Lock
from typing import Any
from uuid import UUID

import numpy as np

from songhe.areas.circle.book import book, walker
from songhe.areas.circle.queries.ground import ground
from songhe.areas.circle.queries.sites import degrees, sites
from songhe.areas.circle.rules.points import FARTHEST_METRES
from songhe.areas.providers.api import PublicPlace, middles
from songhe.areas.stays.api import vacancies
from songhe.core.codes import Point, distance_metres
from songhe.core.codes.region import at_level
from songhe.core.reach import Ground, Profile, Spots
from songhe.core.text import normalise
from songhe.engines.regions.models import Level, Region
from songhe.engines.regions.tree import full_name, name_of

MOST_CHOICES, MOST_BARRED = 12, 5
LONGEST = 120
ASIDE = 25.0
"""Metres by which a street for wheels may lie farther from a door than the nearest street on foot."""
ENDINGS = (
    "社区居民委员会",
    "社区居委会",
    "村民委员会",
    "居民委员会",
    "村委会",
    "居委会",
    "街道办事处",
    "社区",
    "街道",
    "村",
    "镇",
    "乡",
)


@dataclass(frozen=True, slots=True)
class Near:
    """A place with the way to it: seconds (None: no way is known), and metres in a straight line."""

    place: PublicPlace
    seconds: float | None
    metres: int

    @property
    def minutes(self) -> int | None:
        """Whole minutes, at least one."""
        return None if self.seconds is None else max(1, round(self.seconds / 60))


@dataclass(frozen=True, slots=True)
class Around:
    """What is near, nearest first, for whom at what speed; last what can only be walked to, where that was not asked."""

    rows: list[Near]
    profile: Profile
    approximate: bool


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody says they are."""

    label: str
    point: Point
    code: int = 0
    facility: UUID | None = None


def near(point: Point, kind: str | None, on: date, profile: Profile | None = None) -> Around:
    """The places that can be reached, on foot unless a profile is named."""
    found = ground(profile)
    rows = [row for row in sites(on, kind) if row.point]
    seconds = _reached(point, rows, found)
    there = sorted(seconds, key=lambda at: (seconds[at], rows[at].name))[: book().finder.most]
    there += _barred(point, rows, seconds, found)
    return Around(
        [
            Near(rows[at], seconds.get(at), round(distance_metres(point, rows[at].point or point)))
            for at in there
        ],
        found.profile,
        found.approximate,
    )


def _reached(point: Point, rows: list[PublicPlace], found: Ground) -> dict[int, float]:
    """Seconds to what lies within the time that is looked at."""
    spot = _snapped(found, np.array([point.lon]), np.array([point.lat]))
    if not rows or not spot.placed[0]:
        return {}
    pairs = found.pairs(spot, _ready(rows, found), limit=book().finder.minutes * 60.0)
    home, seconds = pairs.row(0)
    return dict(zip(home.tolist(), seconds.tolist(), strict=True))


def _barred(point: Point, rows: list[PublicPlace], seconds: dict[int, float], found: Ground) -> list[int]:
    """What can be walked to, but to which the asked profile has no way at all: the nearest on foot."""
    if found.approximate or found.profile == walker():
        return []
    afoot = _reached(point, rows, ground())
    beyond = sorted(afoot.keys() - seconds.keys(), key=lambda at: (afoot[at], rows[at].name))
    if not beyond:
        return []
    spot = _snapped(found, np.array([point.lon]), np.array([point.lat]))
    ways = found.matrix(spot, _ready(rows, found).spots.take(np.array(beyond)))[0]
    return [at for at, way in zip(beyond, ways.tolist(), strict=True) if not isfinite(way)][:MOST_BARRED]


def _snapped(found: Ground, lon: np.ndarray, lat: np.ndarray) -> Spots:
    """Points tied to streets. Who cannot use the street at a door does not get there across from a farther one."""
    spots = found.snap(lon, lat)
    if found.approximate or found.profile == walker():
        return spots
    across = spots.off > ground().snap(lon, lat).off + ASIDE
    return replace(spots, piece=np.where(across, -1, spots.piece))


_kept: OrderedDict[Any, Any] = OrderedDict()
_lock = Lock()


def _ready(rows: list[PublicPlace], found: Ground) -> Any:
    """The places, ready to be asked about; kept for the services asked last, with the ground, whose id is in the key."""
    key = hash((tuple((row.id, row.point) for row in rows), id(found)))
    with _lock:
        if key not in _kept:
            _kept[key] = found, found.homes(_snapped(found, *degrees(rows)), toward=False)
            while len(_kept) > 24:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
        return _kept[key][1]


def far_from_all(point: Point, on: date) -> bool:
    """Whether no place at all is within some kilometres: somebody is elsewhere, or in another frame."""
    rows = [row.point for row in sites(on) if row.point]
    return not any(distance_metres(point, other) < FARTHEST_METRES * 6 for other in rows)


def named(words: str, on: date) -> list[Spot]:
    """Where an address or a name may lie: facilities and villages, towns and counties, the narrowest first."""
    text = normalise(words).replace(" ", "")[:LONGEST]
    if not text:
        return []
    own = [
        Spot(row.name, row.point, row.region, row.id)
        for row in sites(on)
        if row.point and text in normalise(row.name).replace(" ", "")
    ][:MOST_CHOICES]
    codes = _regions(text)
    points = middles(codes) if codes else {}
    places = [Spot(full_name(code, below=2), points[code], code) for code in codes if code in points]
    exact = [spot for spot in own if normalise(spot.label) == text]
    return (exact or [*places, *own])[:MOST_CHOICES]


def _regions(text: str) -> list[int]:
    """Regions that an address names, or whose name holds the words: the narrowest that agree with what stands before them."""
    found = [(code, level) for code, level, names in _names() if any(name in text for name in names)]
    best = [(code, _agreement(code, text)) for code, level in found if level >= Level.TOWN] or [
        (code, 1) for code, _level in found
    ]
    if not best:
        best = [(code, 1) for code, _level, names in _names() if any(text in name for name in names)]
    most = max((score for _code, score in best), default=0)
    return [code for code, score in best if score == most][:MOST_CHOICES]


def _agreement(code: int, text: str) -> int:
    """How much of an address speaks for a region: the length of its name and of the names above that it holds."""
    levels = {at_level(code, level) for level in (Level.COUNTY, Level.TOWN, Level.VILLAGE)}
    return sum(max((len(name) for name in _stems(name_of(one)) if name in text), default=0) for one in levels)


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[int, int, tuple[str, ...]], ...]:
    rows = Region.objects.filter(level__gte=Level.COUNTY, until=None).order_by("-level", "code")
    return tuple(
        (code, level, _stems(name)) for code, level, name in rows.values_list("code", "level", "name")
    )


@lru_cache(maxsize=65536)
def _stems(name: str) -> tuple[str, ...]:
    plain = normalise(name).replace(" ", "")
    short = next(
        (plain.removesuffix(end) for end in ENDINGS if plain.endswith(end) and len(plain) > len(end) + 1),
        plain,
    )
    return (plain, short) if short != plain else (plain,)


def free_of(keys: list[UUID], on: date) -> dict[UUID, int]:
    """How much is free today: beds and day places, of the facilities that tell."""
    return {row.facility_id: row.free for row in vacancies(on, facilities=keys)}
