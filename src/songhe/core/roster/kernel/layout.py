"""How a problem and a plan lie in memory: one row of 64 bytes for each stop, so that a look at a stop is one line of cache.

A node is the start of a tour, the end of a tour, or a task, in this order; tasks come last, so that an urgent order is a
row appended. It goes by where its row begins: node t is w.node[t + PREV] … A tour goes by its start's node. A tour is one
worker's shift on one day. Times are within the day.
"""

from __future__ import annotations

from typing import Any, NamedTuple

# Columns of a node. What a plan is: PREV, NEXT, TOUR (-1: in no tour), START. The rest belongs to the problem.
PREV, NEXT, TOUR, START, TAKEN, FLAG = 0, 1, 2, 3, 4, 5
KEPT = 5
PLACE, DUR, EARLY, SOON, HARD, WEIGHT = 6, 7, 8, 9, 10, 11
MATE, LAG, KIND, SIBLING = 12, 13, 14, 15
WIDTH = 16
# Bits of FLAG: waits to be looked at; its old start is in the log; must stay where it is; nobody asks when it is
# reached; its lateness does not count for the worst; begins at any minute, whatever the step.
QUEUED, LOGGED, FIXED, IDLE, EXACT = 1, 2, 4, 8, 16

# Columns of a tour.
WORKER, DAY, PROFILE, BREAK_FROM, BREAK_TO, BREAK_FOR = 0, 1, 2, 3, 4, 5

# Columns of a kind: the days (bits) on which it may be done; days that brothers keep between them; price of leaving it.
DAYS, APART, PRICE = 0, 1, 2

# Columns of a worker: minutes of work in the plan, minutes of the contract, minutes that must not be passed.
LOAD, CONTRACT, MOST = 0, 1, 2

# Whole numbers that change: see Board.sums.
EASY, LATE, WORST, LOOSE, NOTED, BEST, CAP, UNSAVED = 0, 1, 2, 3, 4, 5, 6, 7
SUMS = 8

# Weights that do not lie in a table, and switches.
TRAVEL, TOP, OVERTIME, FAIR, LOADS, DAYS_OPEN, SQUARE, STEP = 0, 1, 2, 3, 4, 5, 6, 7
WEIGHTS = 8

# Places in Board.move: what was done in 0, with what in 1 …; lateness that left with a task in 6; how many loads it
# changed in 7, which and how in 8 ….
GONE, HELD = 6, 7

FAR = 1 << 29
"""More than any time or leg: no way from here to there, no latest start."""
BAD = 1 << 58
"""More than any cost: it cannot be done. Sums with it are at least LOST."""
LOST = BAD // 2


Rows = Any
"""A flat array of int32 from outside."""
Found = Any
"""A flat array of int64 from outside, for what is found."""


class Board(NamedTuple):
    """Everything that a search reads and writes: flat arrays, and how long their rows are."""

    ends: int  # where the nodes of ends begin
    base: int  # where the nodes of tasks begin
    size: int  # where the nodes end
    tasks: int
    places: int
    workers: int
    close: int  # neighbours on each side of a task
    node: Any  # [nodes, WIDTH]
    leg: Any  # [profiles, places, places]: minutes, FAR where there is no way
    fit: Any  # [kinds, workers]: what it costs that this worker does it, -1 if not at all
    tour: Any  # [tours, WIDTH]
    kind: Any  # [kinds, 4]
    worker: Any  # [workers, 4]
    near: Any  # [2, tasks, close]: tasks that go well before (0) and after (1) a task
    able_at: Any  # [kinds + 1]: where the tours for a kind begin in
    able: Any  # [...] tours whose worker can do it
    weight: Any  # [WEIGHTS]
    loose: Any  # [tasks]: first tasks of visits in no tour, the first sums[LOOSE] of them
    loose_at: Any  # [tasks]: where a task lies in loose
    sums: Any  # [SUMS]: cost found with one look, weighted lateness, worst lateness, …
    queue: Any  # nodes to look at
    log: Any  # [nodes, 4]: node, start and break before the move
    move: Any  # [16]: what the present move did, so that it can be taken back
    seed: Any  # [1] state of chance
    chill: Any  # [4096]: minus the logarithm of (i + ½) / 4096
    best: Any  # [nodes, WIDTH]: the first KEPT columns of the best plan


FORMS = {
    "node": "int32", "leg": "int32", "fit": "int32", "tour": "int32", "kind": "int64", "worker": "int64", "near": "int32",
    "able_at": "int32", "able": "int32", "weight": "int64", "loose": "int32", "loose_at": "int32", "sums": "int64",
    "queue": "int32", "log": "int32", "move": "int64", "seed": "uint64", "chill": "float64", "best": "int32",
}  # fmt: skip
"""What the arrays hold. As plain Python the loops need int64 for int32, or sums of two would run over."""


def address(array: Any) -> Any:
    """An array for the loops. In machine code it becomes a pointer, which nobody counts or checks."""
    return array


def bare(b: Board) -> Board:
    """The board for the loops."""
    return Board(
        b.ends,
        b.base,
        b.size,
        b.tasks,
        b.places,
        b.workers,
        b.close,
        address(b.node),
        address(b.leg),
        address(b.fit),
        address(b.tour),
        address(b.kind),
        address(b.worker),
        address(b.near),
        address(b.able_at),
        address(b.able),
        address(b.weight),
        address(b.loose),
        address(b.loose_at),
        address(b.sums),
        address(b.queue),
        address(b.log),
        address(b.move),
        address(b.seed),
        address(b.chill),
        address(b.best),
    )
