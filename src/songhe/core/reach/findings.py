"""What is wrong with a network or with points, each with its place; the rest stays usable."""

from __future__ import annotations

from dataclasses import dataclass


def gettext_noop(text: str) -> str:
    """A sentence that pages show in the reader's language."""
    return text


SAID = {
    "network.unknown_node": gettext_noop("{count} streets lead to a point that the file does not have; they are left out."),
    "network.impossible": gettext_noop("{count} streets are nowhere on Earth: longitude and latitude may be swapped, or the coordinates are not degrees; they are left out."),
    "network.outside": gettext_noop("{count} streets lie outside China."),
    "network.negative": gettext_noop("{count} streets have a length or a time that is not a positive number; their straight-line length is used."),
    "network.too_short": gettext_noop("{count} streets are given shorter than the straight line between their ends: is the length in metres?"),
    "network.no_length": gettext_noop("{count} streets begin and end at one point and have no length; they are left out."),
    "network.twice": gettext_noop("{count} streets are in the file twice; they are used once."),
    "network.lost_nodes": gettext_noop("{count} points of ways are not in the file; the ways are interrupted there."),
    "network.cut": gettext_noop("The last row is incomplete: the file was truncated. What comes before it is used; fetch the file again."),
    "network.bad_rows": gettext_noop("{count} rows are not streets: coordinates or numbers are missing or unreadable; they are left out."),
    "network.empty": gettext_noop("No street is passable for this profile."),
    "network.islands": gettext_noop("{count} groups of streets are not connected with the rest; together they are {metres} metres long."),
    "network.trap": gettext_noop("{count} junctions can be entered but not left: is a one-way street recorded the wrong way round?"),
    "network.closed": gettext_noop("{count} junctions can be left but not entered: is a one-way street recorded the wrong way round?"),
    "points.nowhere": gettext_noop("{count} points have no coordinates."),
    "points.far": gettext_noop("{count} points lie more than {metres} metres from any street."),
    "points.twice": gettext_noop("{count} points lie exactly where another one lies."),
    "points.no_places": gettext_noop("{count} sites have no places."),
}  # fmt: skip
"""What each code says; ``{count}`` and ``{metres}`` are filled in."""


SHOWN = 8
"""So many places or rows are told in one line."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` is one of ``SAID``; ``lon`` and ``lat`` are where it was seen first, ``further`` some of the other places.

    ``rows`` are the first numbers of nodes, streets, rows of a file or points it is about.
    """

    code: str
    count: int
    lon: float | None = None
    lat: float | None = None
    rows: tuple[int, ...] = ()
    metres: float = 0.0
    further: tuple[tuple[float, float], ...] = ()

    @property
    def what(self) -> str:
        """The sentence, to be translated and then filled in with ``values``."""
        return SAID.get(self.code, self.code)

    @property
    def values(self) -> dict[str, str]:
        """What is filled in."""
        return {"count": f"{self.count:,}", "metres": f"{self.metres:,.0f}"}

    def __str__(self) -> str:
        places = [] if self.lon is None or self.lat is None else [(self.lon, self.lat), *self.further]
        at = "; ".join(f"{lon:.5f}, {lat:.5f}" for lon, lat in places[:SHOWN])
        more = "" if self.count <= min(len(places), SHOWN) else " …"
        place = f" (at {at}{more})" if at else ""
        rows = f" (rows {', '.join(map(str, self.rows[:SHOWN]))})" if self.code == "network.bad_rows" else ""
        return self.what.format(**self.values) + place + rows
