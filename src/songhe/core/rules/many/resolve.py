"""Parameters as they stand on one day in many places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from songhe.core.codes.region import level_of, span
from songhe.core.rules.document import Parameter
from songhe.core.rules.many.columns import Array

Amount = int | Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Resolved:
    """The different amounts of a parameter, and which of them is each place's; None where there is but one."""

    shape: str
    amounts: tuple[Amount, ...]
    by_place: Array | None


def resolve(parameter: Parameter, on: date, places: Sequence[int]) -> Resolved | None:
    """The most local value of every place. None where a place has no value: whoever reads it is refused then."""
    holding = sorted(
        (value for value in parameter.values if value.holds(on)), key=lambda v: level_of(v.region)
    )
    codes = np.asarray(places, np.int64)
    found = np.full(len(codes), -1, np.int32)
    for number, value in enumerate(holding):
        low, high = span(value.region)
        found[(codes >= low) & (codes < high)] = number
    if (found < 0).any():
        return None
    used, by_place = np.unique(found, return_inverse=True)
    amounts = tuple(holding[number].amount for number in used)
    return Resolved(parameter.shape, amounts, by_place.astype(np.int32) if len(amounts) > 1 else None)
