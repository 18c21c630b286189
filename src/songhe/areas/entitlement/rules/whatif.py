"""What a change of policies means for people: who gains, who loses, how much, and by which cases it comes about.

Amounts are in the unit of the rule. Groups are counted in plain Python integers, so sums never run over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from songhe.areas.entitlement.rules.readings import Array


@dataclass(frozen=True, slots=True)
class Side:
    """What one rule gives everybody: 0 to whom it does not apply or who waits for a document.

    ``case`` is the place of the case that decided, -1 where the rule does not apply; ``pending`` marks who waits.
    """

    values: Array
    case: Array
    pending: Array

    @classmethod
    def nothing(cls, size: int) -> Side:
        """A rule that is not there."""
        return cls(np.zeros(size, np.int64), np.full(size, -1, np.int16), np.zeros(size, bool))


@dataclass(frozen=True, slots=True)
class Change:
    """People of a group, what they have and would have, who gains and loses, and by how much."""

    people: int
    before: int
    after: int
    had: int
    have: int
    gain: int
    gained: int
    lose: int
    lost: int

    def as_data(self) -> dict[str, int]:
        """As plain data."""
        return {name: getattr(self, name) for name in self.__slots__}


def change(before: Side, after: Side, rows: Array | slice = slice(None)) -> Change:
    """The change for some people. ``before`` and ``after`` are sums, ``had`` and ``have`` count who receives."""
    old, new = before.values[rows], after.values[rows]
    step = new - old
    up, down = step > 0, step < 0
    return Change(
        people=len(old),
        before=int(old.sum()),
        after=int(new.sum()),
        had=int(np.count_nonzero(old)),
        have=int(np.count_nonzero(new)),
        gain=int(np.count_nonzero(up)),
        gained=int(step[up].sum()),
        lose=int(np.count_nonzero(down)),
        lost=int(-step[down].sum()),
    )


def by_group(before: Side, after: Side, group: Array, names: Sequence[str]) -> list[dict[str, Any]]:
    """The change for each group by name; ``group`` is everybody's place in the names. Empty groups are left out."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(len(names) + 1))
    found = []
    for place, name in enumerate(names):
        rows = order[starts[place] : starts[place + 1]]
        if len(rows):
            found.append({"name": name, **change(before, after, rows).as_data()})
    return found


def ways(before: Side, after: Side, *, most: int = 50) -> list[dict[str, int]]:
    """By which cases amounts change: the case before and after, by how much, how many people; the most people first."""
    step = after.values - before.values
    rows = np.flatnonzero((step != 0) | (before.pending != after.pending))
    keys = np.stack(
        [
            before.case[rows].astype(np.int64),
            after.case[rows].astype(np.int64),
            step[rows],
            before.pending[rows].astype(np.int64),
            after.pending[rows].astype(np.int64),
        ],
        axis=1,
    )
    found, counts = np.unique(keys, axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:most]
    return [
        {
            "from": int(found[row][0]),
            "to": int(found[row][1]),
            "step": int(found[row][2]),
            "waited": int(found[row][3]),
            "waits": int(found[row][4]),
            "people": int(counts[row]),
        }
        for row in order
    ]


def survival(born: Array, day: int, months: int, deaths: Mapping[int, int]) -> Array:
    """How likely each person is to live some months longer, by deaths a year among a hundred thousand of an age.

    ``born`` and ``day`` are days since 1970-01-01. Whose birthday is not known is taken as alive.
    """
    ages = np.array(sorted(deaths))
    rates = np.array([deaths[age] for age in ages.tolist()]) / 100_000
    alive = np.ones(len(born))
    for month in range(months):
        age = (day + month * 365.25 / 12 - born) / 365.25
        place = np.searchsorted(ages, age, side="right") - 1
        yearly = rates[place.clip(min=0)]
        alive *= np.where(age < 0, 1.0, (1 - yearly) ** (1 / 12))
    return alive
