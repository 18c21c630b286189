"""p-median: greedy, changes, kicks; Lagrange's bound; and branching on sites as long as the bound leaves any open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songhe.core.siting.asked import possible
from songhe.core.siting.boards import median_board
from songhe.core.siting.branch import proved
from songhe.core.siting.found import Effort, Found, near_enough, rounded
from songhe.core.siting.goals import Nearest
from songhe.core.siting.ground import Ground
from songhe.core.siting.kernel import median as at
from songhe.core.siting.kinds import Array
from songhe.core.siting.lists import Lists, listed
from songhe.core.siting.ways import two_nearest

PATIENCE, PART, HARDEST = 200, 0.3, 4


@dataclass(frozen=True)
class Task:
    """A p-median problem on lists; ``state`` is 1 for sites that must be."""

    ground: Ground
    numbers: Array
    lists: Lists
    state: Array
    most: int
    beyond: float

    def value(self, picked: Array) -> float:
        """The weighted way of everybody, with all pairs looked at."""
        sites = self.numbers[picked]
        first, _second, _who = two_nearest(
            self.ground, np.flatnonzero(self.ground.existing), sites, self.beyond
        )
        return float((self.ground.weight * first).sum())


def task_of(ground: Ground, goal: Nearest) -> Task:
    """Lists of the ways that are shorter than those to existing sites."""
    beyond = ground.longest if goal.beyond is None else goal.beyond
    first, _second, _who = two_nearest(ground, np.flatnonzero(ground.existing), np.zeros(0, np.int64), beyond)
    lists = listed(ground, ground.choices, ground.weight * first, goal.sites)
    return Task(
        ground, ground.choices, lists, ground.must[ground.choices].astype(np.int8), goal.sites, beyond
    )


def nearest(ground: Ground, goal: Nearest, effort: Effort) -> Found:
    """The sites that make ways shortest, with a bound."""
    possible(ground, goal.sites, None)
    task = task_of(ground, goal)
    board, rounds = searched(task, effort)
    picked, bound, nodes = proved(task.lists, task.state, task.most, board, effort)
    value, whole = task.value(picked), task.lists.whole
    bound = min(rounded(bound, whole=whole, above=False), value)
    exact = near_enough(value, bound, gap=0.0, whole=whole, above=False)
    return Found(task.numbers[picked], bound, "exact" if exact else "lagrange", rounds + nodes)


def searched(task: Task, effort: Effort) -> tuple[at.Board, int]:
    """The board with its best sites, and the rounds made."""
    board = median_board(task.lists, sites=task.most, seed=effort.seed, state=task.state.copy())
    for site in np.flatnonzero(task.state == 1):
        at.put(board, int(site))
    effort.loops.open_first(board)
    effort.loops.settle(board)
    at.keep(board)

    def run(rounds: int) -> float:
        effort.loops.wander(board, rounds, HARDEST)
        return float(board.sums[at.BEST])

    movable = bool((board.slot < 0).any() and (task.state[board.slot >= 0] == 0).any())
    return board, effort.tried(run, PART, PATIENCE) if movable else 0
