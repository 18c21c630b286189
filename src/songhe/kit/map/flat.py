"""From degrees to the paper: equirectangular at the mean latitude, north up.

East and north are true at the middle of the map; over a province (five degrees) distances at the upper and lower edge
are off by some four per cent, over a city by less than one. That is enough to see where places lie to each other, and
not for measuring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, log10, radians

from songhe.core.codes import Point
from songhe.core.codes.coordinates import EARTH_RADIUS_METRES

METRES_PER_DEGREE = radians(1) * EARTH_RADIUS_METRES
LEAST_METRES = 2_000.0  # one point alone stands in the middle of two kilometres
FLATTEST, TALLEST = 0.5, 0.8  # height by width
PAD = 46  # room for half a mark, and below for the scale


@dataclass(frozen=True, slots=True)
class Flat:
    """A sheet of ``width`` by ``height``, its middle, and how many units one metre takes."""

    width: int
    height: int
    middle: Point
    per_metre: float

    @classmethod
    def around(cls, points: Sequence[Point], width: int) -> Flat:
        """The sheet on which all points fit."""
        west, east = min(p.lon for p in points), max(p.lon for p in points)
        south, north = min(p.lat for p in points), max(p.lat for p in points)
        middle = Point((west + east) / 2, (south + north) / 2)
        wide = max((east - west) * METRES_PER_DEGREE * cos(radians(middle.lat)), LEAST_METRES)
        tall = max((north - south) * METRES_PER_DEGREE, LEAST_METRES)
        shape = tall / wide if max(tall, wide) > LEAST_METRES else FLATTEST
        height = round(width * min(max(shape, FLATTEST), TALLEST))
        per_metre = min((width - 2 * PAD) / wide, (height - 2 * PAD) / tall)
        return cls(width, height, middle, per_metre)

    def at(self, point: Point) -> tuple[float, float]:
        """Where a point lies on the sheet."""
        east = (point.lon - self.middle.lon) * METRES_PER_DEGREE * cos(radians(self.middle.lat))
        north = (point.lat - self.middle.lat) * METRES_PER_DEGREE
        return self.width / 2 + east * self.per_metre, self.height / 2 - north * self.per_metre

    def rule(self) -> tuple[int, float]:
        """A round length in metres for the scale, at most a quarter of the width, and how long it is drawn."""
        most = self.width / 4 / self.per_metre
        step = 10 ** floor(log10(most))
        metres = next(step * nice for nice in (5, 2, 1) if step * nice <= most)
        return int(metres), metres * self.per_metre
