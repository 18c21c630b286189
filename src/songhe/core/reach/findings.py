"""What is wrong with a network or with points, each with its place; the rest stays usable."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """``what`` is a template in English with ``{count}`` and ``{metres}``, ``code`` is stable for programs.

    ``lon`` and ``lat`` are where it was seen first, ``rows`` the first numbers of nodes, streets or points it is about.
    """

    code: str
    what: str
    count: int
    lon: float | None = None
    lat: float | None = None
    rows: tuple[int, ...] = ()
    metres: float = 0.0

    def __str__(self) -> str:
        place = "" if self.lon is None else f" (the first at {self.lon:.5f}, {self.lat:.5f})"
        return self.what.format(count=f"{self.count:,}", metres=f"{self.metres:,.0f}") + place
