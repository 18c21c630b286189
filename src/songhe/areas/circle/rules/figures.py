"""Figures of places as rows of numbers: who lives there, who is covered by which service within which time.

``covered`` has for each service a row for each band and last the circle's own minutes, and in each a number for each group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
MEASURES = 3
"""Of a way: seconds, and places in reach and where people go. Figures of before have the first two."""


@dataclass(frozen=True, eq=False)
class Shares:
    """Places by row. ``people`` [place, group]; ``covered`` [place, kind, band, group]; ``ways`` [place, kind, MEASURES]: the
    mean seconds of those whom anything is within reach of, places for 1,000 people in reach, and where they go; NaN where
    nothing is known."""

    people: Array
    covered: Array
    ways: Array

    def take(self, rows: Array) -> Shares:
        """Some of the places."""
        return Shares(self.people[rows], self.covered[rows], self.ways[rows])

    def joined(self, group: Array, count: int) -> Shares:
        """Places added up: ``group`` says to which of ``count`` wholes each belongs; ways are weighed by the people."""
        people = np.zeros((count, *self.people.shape[1:]), np.int64)
        covered = np.zeros((count, *self.covered.shape[1:]), np.int64)
        np.add.at(people, group, self.people)
        np.add.at(covered, group, self.covered)
        weight = np.repeat(self.people[:, :1, None].astype(float), self.ways.shape[1], 1) * ~np.isnan(
            self.ways
        )
        if self.covered.shape[2] > 1:  # a way counts as often as people go it
            weight[:, :, 0] = self.covered[:, :, -2, 0] * ~np.isnan(self.ways[:, :, 0])
        sums, weights = np.zeros((count, *self.ways.shape[1:])), np.zeros((count, *self.ways.shape[1:]))
        np.add.at(sums, group, np.nan_to_num(self.ways) * weight)
        np.add.at(weights, group, weight)
        with np.errstate(invalid="ignore", divide="ignore"):
            ways = np.where(weights > 0, sums / weights, np.nan)
        return Shares(people, covered, ways)


def packed(shares: Shares) -> list[tuple[bytes, bytes, bytes]]:
    """Each place as three strings of bytes (little-endian int32, int32, float32)."""
    people, covered = shares.people.astype("<i4"), shares.covered.astype("<i4")
    ways = shares.ways.astype("<f4")
    return [
        (one.tobytes(), two.tobytes(), three.tobytes())
        for one, two, three in zip(people, covered, ways, strict=True)
    ]


def unpacked(rows: list[tuple[Any, Any, Any]], *, kinds: int, bands: int, groups: int) -> Shares:
    """The same back; ``bands`` without the circle's own."""

    def laid(at: int, kind: str, *shape: int) -> Array:
        flat = np.frombuffer(b"".join(bytes(row[at]) for row in rows), kind)
        found: Array = flat.reshape(len(rows), *shape)
        return found

    return Shares(
        laid(0, "<i4", groups).astype(np.int64),
        laid(1, "<i4", kinds, bands + 1, groups).astype(np.int64),
        _ways(rows, kinds),
    )


def _ways(rows: list[tuple[Any, Any, Any]], kinds: int) -> Array:
    flat = np.frombuffer(b"".join(bytes(row[2]) for row in rows), "<f4")
    kept = flat.size // max(len(rows) * kinds, 1)
    found = np.full((len(rows), kinds, MEASURES), np.nan)
    found[:, :, :kept] = flat.reshape(len(rows), kinds, kept)
    return found
