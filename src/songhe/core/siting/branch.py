"""Branching on sites with Lagrange's bound: each node opens or closes one more, and begins with its parent's prices."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from songhe.core.siting.boards import median_board
from songhe.core.siting.finish import Left, finished
from songhe.core.siting.found import Effort, near_enough
from songhe.core.siting.kernel import median as at
from songhe.core.siting.kinds import Array
from songhe.core.siting.lists import Lists

ROOT, NODE = 1500, 60
"""Steps of prices at the root and at every other node."""
LARGEST, FEW, PATIENCE = 20_000, 600, 0.2
"""Pairs left at the root, and at other nodes, up to which HiGHS is asked; and its part of the time at the root."""


@dataclass(frozen=True)
class Node:
    """What is open and closed for good here, with the prices to begin with."""

    state: Array
    prices: Array


class Tree:
    """Nodes that may still hold something better, the least bound first."""

    def __init__(self, lists: Lists, most: int, best: at.Board, effort: Effort) -> None:
        self.lists, self.effort, self.best = lists, effort, best
        self.board = median_board(lists, sites=most, seed=effort.seed)
        self.value = float(best.sums[at.BEST])
        self.waiting: list[tuple[float, int, Node, int]] = []
        self.made = 0

    def add(self, node: Node, steps: int, floor: float) -> None:
        """Look at a node; it waits if it may hold something better and there is something to decide."""
        self.made += 1
        bound, kept, site = self.bounded(node, steps, floor)
        if kept is None:
            return
        if site < 0:
            self._take(np.flatnonzero(kept.state == 1), settled=False)
            return
        bound = self._finished(kept, bound, root=steps == ROOT)
        if bound < self.enough:
            heappush(self.waiting, (bound, self.made, kept, site))

    def _finished(self, node: Node, bound: float, *, root: bool) -> float:
        """A better bound of a node of which little is left, by HiGHS; infinite where it holds nothing better."""
        stop, left, share = self.effort.stop, self.effort.left(), PATIENCE if root else 1.0
        if (
            not stop.exact
            or left == 0.0
            or near_enough(self.value, bound, gap=stop.gap, whole=False, above=False)
        ):
            return bound
        answer = finished(
            self.lists,
            int(self.board.sizes[at.MOST]),
            Left(node.state, node.prices, bound, self.value, LARGEST if root else FEW),
            seconds=None if left is None else share * left,
            nodes=self.effort.nodes(),
        )
        if answer is None:
            return bound
        if answer.x is not None:
            self._take(np.flatnonzero(answer.x[: self.lists.sites] > 0.5), settled=True)
        return np.inf if answer.infeasible or answer.proved else max(bound, answer.bound)

    def done(self) -> bool:
        """Whether time or rounds are over, or the bound is near enough."""
        stop, bound = self.effort.stop, self.waiting[0][0]
        if (
            not stop.exact
            or self.effort.left() == 0.0
            or (stop.rounds is not None and self.made > stop.rounds)
        ):
            return True
        return near_enough(self.value, bound, gap=stop.gap, whole=self.lists.whole, above=False)

    @property
    def enough(self) -> float:
        """The bound from which on nothing better is left."""
        if self.lists.whole:
            return self.value - 1.0 + 1e-6 + 1e-9 * self.value
        return self.value - 1e-9 * max(1.0, self.value)

    def bounded(self, node: Node, steps: int, floor: float) -> tuple[float, Node | None, int]:
        """The bound of a node, the node with what the bound decides, and the site to branch on (-1: none left)."""
        board = self.board
        board.state[:], board.price[:], board.priced[:] = node.state, node.prices, node.prices
        board.sums[at.BOUND], board.sums[at.STEP] = -np.inf, 1.0 if steps == ROOT else 0.3
        board.often[:] = 0.0
        self.effort.loops.descend(board, steps, self.value, self.enough)
        bound = max(floor, float(board.sums[at.BOUND]))
        if bound >= self.enough:
            return bound, None, -1
        board.price[:] = board.priced
        at_best = self.effort.loops.relax(board)
        self._take(np.flatnonzero(board.picked), settled=True)
        if max(bound, at_best) >= self.enough:
            return bound, None, -1
        state = self._decided(board, at_best)
        free = np.flatnonzero(state == 0)
        if not len(free) or (state == 1).sum() >= board.sizes[at.MOST]:
            return bound, Node(state, board.priced.copy()), -1
        site = int(free[np.argmin(np.abs(board.often[free] - 0.5))])
        return bound, Node(state, board.priced.copy()), site

    def _take(self, sites: Array, *, settled: bool) -> None:
        """Keep some sites, after changes if these are wanted, where they are better than the best."""
        other = self.best
        other.sizes[at.CHOSEN] = 0
        other.slot[:] = -1
        for site in sites:
            at.put(other, int(site))
        self.effort.loops.open_first(other)
        if settled:
            self.effort.loops.settle(other)
        if other.sums[at.VALUE] < self.value - 1e-9 * max(1.0, self.value):
            at.keep(other)
            self.value = float(other.sums[at.BEST])

    def _decided(self, board: at.Board, bound: float) -> Array:
        """Sites that cannot be open, and such as cannot be closed, in anything better."""
        state, cut = board.state.copy(), board.cut
        last, following = int(board.sizes[at.LAST]), int(board.sizes[at.NEXT])
        edge = cut[last] if last >= 0 else 0.0
        after = cut[following] if following >= 0 else 0.0
        free, picked = state == 0, board.picked == 1
        state[free & ~picked & (bound + cut - edge >= self.enough)] = 2
        state[free & picked & (bound - cut + after >= self.enough)] = 1
        return state


def proved(lists: Lists, state: Array, most: int, best: at.Board, effort: Effort) -> tuple[Array, float, int]:
    """The best sites, a bound, and how many nodes were looked at."""
    effort.loops.back(best)
    tree = Tree(lists, most, best, effort)
    tree.add(Node(state, (best.first + np.minimum(best.second, lists.out)) / 2), ROOT, -np.inf)
    while tree.waiting and not tree.done():
        bound, _number, node, site = heappop(tree.waiting)
        if bound >= tree.enough:
            tree.waiting.clear()
            break
        for way in (1, 2):
            child = Node(node.state.copy(), node.prices)
            child.state[site] = way
            tree.add(child, NODE, bound)
    bound = min([tree.value, *(one[0] for one in tree.waiting)])
    return np.flatnonzero(best.best), bound, tree.made
