"""Where a village lies, by the homes known in it, so that no home can be read off."""

from __future__ import annotations

from collections.abc import Iterable

from songhe.core.codes import Point

LEAST = 5
"""With fewer different homes the middle would tell where somebody lives."""
DIGITS = 3
"""Of a degree: about a hundred metres."""


def middle(homes: Iterable[Point]) -> tuple[Point, int] | None:
    """The mean of the middle half of different homes, each way, and how many there are; None where there are too few.

    A home entered in the wrong place does not move it: both outer quarters are left out.
    """
    known = {(round(home.lon, 4), round(home.lat, 4)) for home in homes}
    if len(known) < LEAST:
        return None
    return Point(_inner(lon for lon, _lat in known), _inner(lat for _lon, lat in known)), len(known)


def _inner(values: Iterable[float]) -> float:
    ordered = sorted(values)
    quarter = len(ordered) // 4
    kept = ordered[quarter : len(ordered) - quarter]
    return round(sum(kept) / len(kept), DIGITS)
