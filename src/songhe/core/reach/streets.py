"""Streets as they come out of a file: points, and straight pieces between them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.codes.columns import in_china_many
from songhe.core.reach.basemap import Basemap
from songhe.core.reach.findings import Finding
from songhe.core.reach.plane import metres_between
from songhe.core.reach.profile import KINDS, Open
from songhe.core.sources import DataError

Array = NDArray[Any]
SHORTEST = 0.99
"""A way cannot be shorter than the straight line; a hundredth is left to rounding."""
FEW = 20


@dataclass(frozen=True)
class Streets:
    """Columns of points (WGS-84) and of pieces; what is left out of the columns of pieces is worked out or usual.

    ``metres`` are along the street; ``open`` are bits of ``Open``, ``kind`` places in ``KINDS``, ``barrier`` bits of
    ``Barrier``, ``name`` places in ``names`` (the first of which is empty); ``slope`` is rise by length in the direction
    written, NaN where unknown; ``minutes`` override length and speed, NaN where they do not. ``base`` is what a map draws
    beneath them.
    """

    lon: Array
    lat: Array
    tail: Array
    head: Array
    metres: Array | None = None
    open: Array | None = None
    kind: Array | None = None
    barrier: Array | None = None
    name: Array | None = None
    slope: Array | None = None
    minutes: Array | None = None
    names: tuple[str, ...] = ("",)
    findings: tuple[Finding, ...] = field(default=())
    base: Basemap = field(default_factory=Basemap)

    def whole(self) -> Whole:
        """All columns, in the forms in which they are worked with; impossible pieces are taken out and named."""
        lon, lat = np.asarray(self.lon, float).ravel(), np.asarray(self.lat, float).ravel()
        tail, head = np.asarray(self.tail, np.int64).ravel(), np.asarray(self.head, np.int64).ravel()
        if len(lon) != len(lat) or len(tail) != len(head):
            raise DataError("streets: columns of points, and columns of pieces, must be of one length.")
        count = len(tail)
        given: dict[str, Any] = {
            "metres": _column(self.metres, np.nan, np.float64, count),
            "open": _column(self.open, Open.ALL, np.uint8, count),
            "kind": _column(self.kind, 0, np.uint8, count),
            "barrier": _column(self.barrier, 0, np.uint8, count),
            "name": _column(self.name, 0, np.int32, count),
            "slope": _column(self.slope, np.nan, np.float32, count),
            "minutes": _column(self.minutes, np.nan, np.float64, count),
        }
        names = self.names or ("",)
        if count and (given["name"].min() < 0 or given["name"].max() >= len(names)):
            raise DataError("streets: a name's number lies outside the list of names.")
        if count and given["kind"].max() >= len(KINDS):
            raise DataError("streets: a kind of street is not known.")
        return _checked(Whole(lon, lat, tail, head, **given, names=names), list(self.findings))


@dataclass(frozen=True)
class Whole:
    """Streets with all their columns."""

    lon: Array
    lat: Array
    tail: Array
    head: Array
    metres: Array
    open: Array
    kind: Array
    barrier: Array
    name: Array
    slope: Array
    minutes: Array
    names: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    def take(self, rows: Array) -> Whole:
        """Some of the pieces."""
        columns = ("tail", "head", "metres", "open", "kind", "barrier", "name", "slope", "minutes")
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})


def _column(given: Array | None, usual: Any, kind: Any, count: int) -> Array:
    if given is None:
        return np.full(count, usual, kind)
    found = np.asarray(given).astype(kind).ravel()
    if len(found) != count:
        raise DataError(f"streets: {len(found)} values were given for {count} pieces.")
    return found


def _checked(whole: Whole, findings: list[Finding]) -> Whole:
    """Without what cannot be; lengths that were not given are those of straight lines."""
    points = len(whole.lon)
    known = (np.minimum(whole.tail, whole.head) >= 0) & (np.maximum(whole.tail, whole.head) < points)
    _add(
        findings,
        "network.unknown_node",
        ~known,
    )
    whole = whole.take(np.flatnonzero(known))
    good = (np.abs(whole.lon) <= 180) & (np.abs(whole.lat) <= 85)
    used = good[whole.tail] & good[whole.head]
    _add(
        findings,
        "network.impossible",
        ~used,
        whole,
    )
    whole = whole.take(np.flatnonzero(used))
    _add(
        findings,
        "network.outside",
        ~in_china_many(whole.lon, whole.lat)[whole.tail],
        whole,
    )
    straight = metres_between(
        *(column[end] for end in (whole.tail, whole.head) for column in (whole.lon, whole.lat))
    )
    bad = (whole.metres < 0) | np.isinf(whole.metres) | (whole.minutes < 0) | np.isinf(whole.minutes)
    _add(
        findings,
        "network.negative",
        bad,
        whole,
    )
    short = whole.metres < straight * SHORTEST - 1
    _add(
        findings, "network.too_short", short & ~bad, whole,
    )  # fmt: skip
    metres = np.where(np.isnan(whole.metres) | bad, straight, whole.metres)
    minutes = np.where(bad, np.nan, whole.minutes)
    slope = np.where(np.abs(whole.slope) <= 1, whole.slope, np.nan).astype(np.float32)
    whole = replace(whole, metres=metres, minutes=minutes, slope=slope)
    loop = (whole.tail == whole.head) & ~(metres > 0)
    _add(
        findings,
        "network.no_length",
        loop,
        whole,
    )
    whole = whole.take(np.flatnonzero(~loop))
    return replace(_without_twins(whole, findings), findings=tuple(findings))


def _without_twins(whole: Whole, findings: list[Finding]) -> Whole:
    """A piece that is there twice in every respect is kept once."""
    low, high = np.minimum(whole.tail, whole.head), np.maximum(whole.tail, whole.head)
    order = np.lexsort((whole.open, whole.metres, high, low))
    same = np.zeros(len(order), bool)
    one, other = order[:-1], order[1:]
    same[other] = (
        (low[one] == low[other]) & (high[one] == high[other]) & (whole.metres[one] == whole.metres[other])
        & (whole.open[one] == whole.open[other]) & (whole.tail[one] == whole.tail[other])
        & (whole.kind[one] == whole.kind[other]) & (whole.barrier[one] == whole.barrier[other])
        & _alike(whole.minutes[one], whole.minutes[other]) & _alike(whole.slope[one], whole.slope[other])
    )  # fmt: skip
    _add(findings, "network.twice", same, whole)
    return whole.take(np.flatnonzero(~same)) if same.any() else whole


def _alike(one: Array, other: Array) -> Array:
    found: Array = (one == other) | (np.isnan(one) & np.isnan(other))
    return found


def _add(findings: list[Finding], code: str, found: Array, whole: Whole | None = None) -> None:
    rows = np.flatnonzero(found)
    if not len(rows):
        return
    few, places = rows[:FEW], []
    if whole is not None:
        at = whole.tail[few]
        places = [
            (x, y)
            for x, y in zip(whole.lon[at].tolist(), whole.lat[at].tolist(), strict=True)
            if isfinite(x) and isfinite(y)
        ]
    lon, lat = places[0] if places else (None, None)
    findings.append(Finding(code, len(rows), lon, lat, tuple(few.tolist()), further=tuple(places[1:])))
