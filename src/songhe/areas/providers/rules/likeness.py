"""Whether two entries of the register may be one site."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from songhe.core.codes import Point, distance_metres
from songhe.core.text import halfwidth

NEAR = 150  # metres within which two entries may stand on one plot
SURE, MAYBE = 90, 75  # per cent of likeness of names
LEAST = 60  # points from which a pair is shown
_FILLING = re.compile(r"[\s()（）·\-—]|有限公司|有限责任公司|服务中心$")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is compared of a site."""

    name: str
    kind: str
    region: int
    licence: str = ""
    credit_code: str = ""
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Like:
    """How alike two entries are, in points of 100, and why."""

    score: int
    evidence: tuple[str, ...]

    @property
    def suspicious(self) -> bool:
        """Whether somebody should look."""
        return self.score >= LEAST


def plain(name: str) -> str:
    """A name without what does not tell sites apart."""
    return _FILLING.sub("", halfwidth(name))


def alike(one: Entry, other: Entry) -> Like:
    """Compare two entries. Kinds that differ speak against; one licence of several parts does not make them one."""
    points = 0
    why: list[str] = []
    names = round(fuzz.ratio(plain(one.name), plain(other.name)))
    if names >= SURE:
        points, why = points + 40, [*why, "same_name" if names == 100 else "near_name"]
    elif names >= MAYBE:
        points, why = points + 20, [*why, "near_name"]
    if one.licence and one.licence == other.licence:
        points, why = points + 30, [*why, "same_licence"]
    if one.credit_code and one.credit_code == other.credit_code:
        points, why = points + 10, [*why, "same_code"]
    if one.point and other.point and distance_metres(one.point, other.point) <= NEAR:
        points, why = points + 30, [*why, "near_place"]
    elif one.region == other.region and not (one.point and other.point):
        points, why = points + 20, [*why, "same_region"]
    if one.kind != other.kind:
        points, why = points - 30, [*why, "other_kind"]
    return Like(max(points, 0), tuple(why))
