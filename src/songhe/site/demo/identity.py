"""Formally valid resident identity numbers (GB 11643) and phone numbers that reach nobody, in columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songhe.site.demo.names import MALE

WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], np.int64)
CHECKS = np.frombuffer(b"10X98765432", np.uint8)
SLOTS = 499  # sequence numbers per area, day and sex: odd for men, even for women
NEWEST = 0.4  # share of numbers that begin with the county's present code where it once had another


def id_numbers(
    born: NDArray[np.datetime64],
    *,
    sex: NDArray[np.uint8],
    registered: NDArray[np.int64],
    issuers: dict[int, tuple[int, ...]],
    rng: np.random.Generator,
) -> NDArray[np.bytes_]:
    """Distinct 18-character numbers; raises ValueError when one area, day and sex has more people than numbers."""
    area = _areas(registered, issuers, rng)
    day = born.astype("datetime64[D]").astype(np.int64)
    group = (area * 100_000 + day + 50_000) * 4 + sex
    rank = _ranks(group)
    if len(rank) and int(rank.max()) >= SLOTS:
        raise ValueError("more people born on one day in one area than identity numbers; make fewer people")
    salt = int(rng.integers(1, SLOTS))  # another seed gives the same birthday other numbers
    slot = (group % SLOTS * salt + rank * 37) % SLOTS
    order = np.where(sex == MALE, 2 * slot + 1, 2 * slot + 2)
    digits = np.empty((len(sex), 18), np.uint8)
    month = born.astype("datetime64[M]")
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    birthday = (
        year * 10_000
        + (month.astype(np.int64) % 12 + 1) * 100
        + (day - month.astype("datetime64[D]").astype(np.int64) + 1)
    )
    _write(digits, area, 0, 6)
    _write(digits, birthday, 6, 14)
    _write(digits, order, 14, 17)
    digits[:, 17] = CHECKS[(digits[:, :17].astype(np.int64) - 48) @ WEIGHTS % 11]
    return digits.view("S18")[:, 0]


def phones(band: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bytes_]:
    """Eleven-digit mobile numbers; empty for those without one, more often the older (five-year bands from 60)."""
    has = rng.random(len(band)) < (0.97 - 0.06 * band)
    prefix = np.array(
        [
            131,
            133,
            135,
            136,
            137,
            138,
            139,
            150,
            151,
            152,
            158,
            159,
            178,
            182,
            186,
            187,
            188,
        ]
    )
    digits = np.zeros((len(band), 11), np.uint8)
    _write(digits, prefix[rng.integers(len(prefix), size=len(band))], 0, 3)
    _write(digits, rng.integers(0, 10**8, len(band)), 3, 11)
    digits[~has] = 0
    return digits.view("S11")[:, 0]


def _areas(
    registered: NDArray[np.int64],
    issuers: dict[int, tuple[int, ...]],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    counties, which = np.unique(registered // 10**6 * 10**6, return_inverse=True)
    draw = rng.random(len(registered))
    area = np.empty(len(registered), np.int64)
    for place, county in enumerate(counties):
        rows = which == place
        known = np.array(issuers[int(county)])
        part = ((draw[rows] - NEWEST) / (1 - NEWEST) * (len(known) - 1)).astype(np.int64) + 1
        area[rows] = known[np.where(draw[rows] < NEWEST, 0, np.minimum(part, len(known) - 1))]
    return area


def _ranks(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """The position of each row among the rows of its group."""
    order = np.argsort(group, kind="stable")
    sorted_ = group[order]
    starts = np.flatnonzero(np.r_[True, sorted_[1:] != sorted_[:-1]])
    lengths = np.diff(np.r_[starts, len(group)])
    rank = np.empty(len(group), np.int64)
    rank[order] = np.arange(len(group)) - np.repeat(starts, lengths)
    return rank


def _write(digits: NDArray[np.uint8], value: NDArray[np.int64], start: int, stop: int) -> None:
    """Decimal digits of `value` into columns [start, stop) as ASCII."""
    rest = value.copy()
    for column in range(stop - 1, start - 1, -1):
        digits[:, column] = rest % 10 + 48
        rest //= 10
