"""What the public asks: which places are near, and where an address lies. Nothing here is about a person."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any
from uuid import UUID

import numpy as np

from songhe.areas.circle.book import book
from songhe.areas.circle.queries.ground import ground
from songhe.areas.circle.queries.sites import degrees, sites
from songhe.areas.circle.rules.points import FARTHEST_METRES
from songhe.areas.providers.api import PublicPlace, middles
from songhe.areas.stays.api import vacancies
from songhe.core.codes import Point, distance_metres
from songhe.core.codes.region import at_level
from songhe.core.reach import Spots
from songhe.core.text import normalise
from songhe.engines.regions.models import Level, Region
from songhe.engines.regions.tree import full_name, name_of

MOST_CHOICES = 12
LONGEST = 120
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
    """A place with the way to it: seconds on foot, and metres in a straight line."""

    place: PublicPlace
    seconds: float
    metres: int

    @property
    def minutes(self) -> int:
        """Whole minutes, at least one."""
        return max(1, round(self.seconds / 60))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody says they are."""

    label: str
    point: Point
    code: int = 0
    facility: UUID | None = None


def near(point: Point, kind: str | None, on: date) -> list[Near]:
    """The places that can be walked to, nearest first."""
    found = ground()
    rows = [row for row in sites(on, kind) if row.point]
    ready = _ready(tuple(row.id for row in rows), rows, found)
    spot = found.snap(np.array([point.lon]), np.array([point.lat]))
    if not rows or not spot.placed[0]:
        return []
    home, seconds = found.pairs(spot, ready, limit=book().finder.minutes * 60.0).row(0)
    near_ = [
        Near(row, float(way), round(distance_metres(point, row.point)))
        for at, way in zip(home.tolist(), seconds.tolist(), strict=True)
        if (row := rows[at]).point
    ]
    return sorted(near_, key=lambda one: (one.seconds, one.place.name))[: book().finder.most]


_kept: OrderedDict[Any, Any] = OrderedDict()
_lock = Lock()


def _ready(keys: tuple[UUID, ...], rows: list[PublicPlace], found: Any) -> Any:
    """The places, ready to be asked about; kept for the services asked last."""
    key = hash((keys, tuple(row.point for row in rows), id(found)))
    with _lock:
        if key not in _kept:
            lon, lat = degrees(rows)
            spots: Spots = found.snap(lon, lat)
            _kept[key] = found.homes(spots, toward=False)
            while len(_kept) > 24:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
        return _kept[key]


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
