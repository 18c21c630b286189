"""Which tasks go well before and after which: near in place, without long waiting or lateness."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.roster.fitting import Kinds
from songhe.core.roster.kernel import layout as at
from songhe.core.roster.ways import Ways

Ints = NDArray[Any]
WAIT, LATE = 0.2, 1.0
"""A minute of waiting and of lateness that cannot be helped, in minutes of travel."""
ROWS = 512
FAR_OFF = np.float32(1e9)


def neighbours(node: Ints, visit: Ints, kinds: Kinds, found: Ways, count: int) -> Ints:
    """For each task the best ``count`` to come before (0) and after (1) it, as numbers of tasks.

    ``visit`` is the number of each task's visit: its own other half is no neighbour.
    """
    tasks = len(node)
    near = np.zeros((2, tasks, count), np.int32)
    if not count:
        return near
    days = kinds.facts[node[:, at.KIND], at.DAYS]
    for begin in range(0, tasks, ROWS):
        some = np.arange(begin, min(begin + ROWS, tasks))
        for side in (0, 1):
            cost = _after(node, found, some) if side else _before(node, found, some)
            cost[(days[some][:, None] & days[None]) == 0] = FAR_OFF
            cost[visit[some][:, None] == visit[None]] = 4 * FAR_OFF
            near[side, some] = _least(cost, count)
    return near


def _after(node: Ints, found: Ways, some: Ints) -> Ints:
    """What it costs to go from some tasks to each."""
    legs = found.legs[0][node[some, at.PLACE]][:, node[:, at.PLACE]].astype(np.float32)
    return _cost(legs, node[some][:, None], node[None])


def _before(node: Ints, found: Ways, some: Ints) -> Ints:
    """What it costs to go to some tasks from each."""
    legs = found.legs[0][node[:, at.PLACE]][:, node[some, at.PLACE]].T.astype(np.float32)
    return _cost(legs, node[None], node[some][:, None])


def _cost(legs: Ints, one: Ints, other: Ints) -> Ints:
    """The way, the least waiting and the least lateness from one task to the other."""
    done = one[..., at.DUR] + legs
    wait = np.maximum(0, other[..., at.EARLY] - done - one[..., at.SOON])
    late = np.maximum(0, one[..., at.EARLY] + done - other[..., at.SOON])
    cost: Ints = (legs + WAIT * wait + LATE * late).astype(np.float32)
    cost[one[..., at.EARLY] + done > other[..., at.HARD]] += FAR_OFF
    return cost


def _least(cost: Ints, count: int) -> Ints:
    """The columns of the least values of each row, in their order; equal ones by number."""
    if count == 0:
        return np.zeros((len(cost), 0), np.int64)
    rough = (
        np.argpartition(cost, count - 1, axis=1)[:, :count]
        if count < cost.shape[1]
        else np.argsort(cost, axis=1)[:, :count]
    )
    rough.sort(axis=1)
    order = np.argsort(np.take_along_axis(cost, rough, 1), axis=1, kind="stable")
    return np.take_along_axis(rough, order, 1)
