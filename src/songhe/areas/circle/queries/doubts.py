"""What is doubtful about where sites and homes lie: no place, no street near, one point for two, no room, another frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.areas.circle.queries import homes
from songhe.areas.circle.queries.held import Held
from songhe.areas.circle.queries.sites import degrees, sites
from songhe.areas.providers.api import PublicPlace
from songhe.core.reach import Doubt, Finding, Paths, doubt, review_points

Array = NDArray[Any]
COUNTY = 10**6
"""A list is mostly a county's: places are judged county by county."""
SITES, HOMES = "sites", "homes"


def doubts(held: Held, low: int, high: int) -> list[dict[str, Any]]:
    """As plain values: a sentence with what is filled in, whose places it is about, where, and the first of the sites."""
    rows = [row for row in sites(held.day) if low <= row.region < high]
    exact = (held.homes.how == homes.EXACT) & (held.homes.region >= low) & (held.homes.region < high)
    lon, lat = degrees(rows)
    region = np.array([row.region for row in rows], np.int64)
    return [
        *_reviewed(held, rows),
        *_shifted(held, SITES, region, lon, lat),
        *_shifted(held, HOMES, held.homes.region[exact], held.homes.lon[exact], held.homes.lat[exact]),
    ]


def _reviewed(held: Held, rows: list[PublicPlace]) -> Iterator[dict[str, Any]]:
    """Sites of one kind with each other: those of two kinds may well share a house."""
    kinds: dict[str, list[PublicPlace]] = {}
    for row in rows:
        kinds.setdefault(row.kind, []).append(row)
    for _kind, some in sorted(kinds.items()):
        room = np.array([not row.capacity or any(row.capacity.values()) for row in some], float)
        for found in review_points(held.snapped(*degrees(some)), places=room):
            named = [[str(some[at].id), some[at].name] for at in found.rows]
            yield _told(found, SITES) | {"kind": some[0].kind, "named": named}


def _shifted(held: Held, whose: str, region: Array, lon: Array, lat: Array) -> Iterator[dict[str, Any]]:
    if isinstance(held.ground, Paths):
        for county in np.unique(region // COUNTY).tolist():
            here = region // COUNTY == county
            found = doubt(held.ground, lon[here], lat[here])
            if found:
                yield _told(found, whose) | {"region": county * COUNTY}


def _told(found: Doubt | Finding, whose: str) -> dict[str, Any]:
    return {"what": found.what, "values": found.values, "of": whose}
