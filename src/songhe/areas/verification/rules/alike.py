"""Pictures that were sent twice: hashes of 128 bits that differ in a few.

Eleven bands of a hash: two hashes that differ in at most ten bits share one band whole, so only pictures with an equal
band need be compared (Manku, Jain and Das Sarma, 2007).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from uuid import UUID

from songhe.areas.verification.rules.bounds import Bounds
from songhe.areas.verification.rules.values import Finding, Stay

BITS = 128
BANDS = 11
WIDTH = 12
"""Bits of a band; the last holds the eight that are left."""


def bands(bits: int) -> tuple[int, ...]:
    """The bands of a hash, each with its place told, so that one number says both."""
    mask = (1 << WIDTH) - 1
    return tuple(place << WIDTH | bits >> (WIDTH * place) & mask for place in range(BANDS))


def pictures(stays: Iterable[Stay], known: Iterable[tuple[UUID, int]], bounds: Bounds) -> Iterator[Finding]:
    """The same picture with another visit. ``known`` are pictures of further visits that may be alike: visit and hash."""
    if bounds.picture_bits >= BANDS:
        raise ValueError(f"picture_bits must be below {BANDS}")
    every = [(stay.visit, bits) for stay in stays for bits in stay.pictures]
    fresh = {visit for visit, _ in every}
    by_band: defaultdict[int, list[tuple[UUID, int]]] = defaultdict(list)
    for pair in [*every, *(pair for pair in known if pair[0] not in fresh)]:
        for band in bands(pair[1]):
            by_band[band].append(pair)
    for visit, bits in every:
        near = {pair for band in bands(bits) for pair in by_band[band] if pair[0] != visit}
        alike = [((bits ^ more).bit_count(), str(other), other) for other, more in near]
        nearest = min(alike, default=None)
        if nearest is not None and nearest[0] <= bounds.picture_bits:
            yield Finding(visit, "same_photo", nearest[2], {"bits": nearest[0]})
