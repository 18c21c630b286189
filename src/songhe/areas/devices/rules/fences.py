"""Areas that a person should not leave, or not enter, and whether a position says so beyond doubt."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any

LEAST_METRES, MOST_METRES, MOST_CORNERS = 50, 50_000, 60
_DEGREE = 111_320.0
Spot = tuple[float, float]
"""Longitude and latitude in WGS-84."""


@dataclass(frozen=True, slots=True)
class Fence:
    """A circle (``metres`` round ``centre``) or the inside of ``ring``; ``keep_in`` false: a place to keep out of."""

    id: str
    keep_in: bool
    centre: Spot | None = None
    metres: float = 0.0
    ring: tuple[Spot, ...] = ()

    def __post_init__(self) -> None:
        if (self.centre is None) == (not self.ring):
            raise ValueError("a fence is a circle or a ring")
        if self.centre is not None and not LEAST_METRES <= self.metres <= MOST_METRES:
            raise ValueError(f"a circle has {LEAST_METRES} to {MOST_METRES} metres")
        if self.ring and not 3 <= len(self.ring) <= MOST_CORNERS:
            raise ValueError(f"a ring has 3 to {MOST_CORNERS} corners")

    def away(self, spot: Spot) -> float:
        """Metres from the edge: positive outside, negative inside."""
        if self.centre is not None:
            return hypot(*_flat(self.centre, spot)) - self.metres
        corners = [_flat(spot, corner) for corner in self.ring]
        edges = list(zip(corners, [*corners[1:], corners[0]], strict=True))
        near = min(_to_edge(a, b) for a, b in edges)
        inside = sum(_crosses(a, b) for a, b in edges) % 2 == 1
        return -near if inside else near

    def breached(self, inside: bool) -> bool:
        """Whether being there is what the fence is against."""
        return inside is not self.keep_in


def side(fence: Fence, spot: Spot, accuracy: float, *, margin: float, before: bool | None) -> bool | None:
    """Whether the person is inside, where the position is exact enough to say; else as ``before``.

    Within the accuracy of the edge, and on the way out a margin beyond it, nothing changes, so that a position that
    wavers along the edge rings once at most.
    """
    away = fence.away(spot)
    outward = margin if fence.keep_in else 0.0
    inward = 0.0 if fence.keep_in else margin
    if away > accuracy + outward:
        return False
    if away < -(accuracy + inward):
        return True
    return before


def as_json(fence: Fence) -> dict[str, Any]:
    """The shape as it is sealed."""
    if fence.centre is not None:
        return {"centre": list(fence.centre), "metres": fence.metres}
    return {"ring": [list(corner) for corner in fence.ring]}


def from_json(id_: str, keep_in: bool, data: dict[str, Any]) -> Fence:
    """The shape as it was sealed."""
    if "ring" in data:
        return Fence(id_, keep_in, ring=tuple((lon, lat) for lon, lat in data["ring"]))
    lon, lat = data["centre"]
    return Fence(id_, keep_in, centre=(lon, lat), metres=data["metres"])


def _flat(origin: Spot, spot: Spot) -> tuple[float, float]:
    """Metres east and north of an origin; true to a thousandth over a city."""
    east = (spot[0] - origin[0]) * _DEGREE * cos(radians((origin[1] + spot[1]) / 2))
    return east, (spot[1] - origin[1]) * _DEGREE


def _to_edge(a: Spot, b: Spot) -> float:
    """Metres from the origin to the piece between two points."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    part = 0.0 if not length else max(0.0, min(1.0, -(a[0] * dx + a[1] * dy) / length))
    return hypot(a[0] + part * dx, a[1] + part * dy)


def _crosses(a: Spot, b: Spot) -> bool:
    """Whether a ray to the east from the origin crosses the piece."""
    if (a[1] > 0) == (b[1] > 0):
        return False
    return a[0] + (b[0] - a[0]) * -a[1] / (b[1] - a[1]) > 0
