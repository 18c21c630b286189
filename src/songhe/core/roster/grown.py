"""A board with one visit more: rows appended, nothing worked out anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from songhe.core.roster.arrays import Index, rings, task_row
from songhe.core.roster.fitting import Fitting
from songhe.core.roster.kernel import layout as at
from songhe.core.roster.problem import Problem, Visit


def grown(
    here: Index, board: at.Board, problem: Problem, visit: Visit, fitting: Fitting
) -> tuple[Index, at.Board]:
    """The index and the board of a problem whose last visit is new; it is loose."""
    parts = range(len(visit.tasks))
    rows = {(visit.code, part): board.size + at.WIDTH * part for part in parts}
    index = replace(
        here, problem=problem, tasks=here.tasks + [(visit, part) for part in parts], rows=here.rows | rows
    )
    kinds = fitting.kinds([(visit, part) for part in parts], {})
    node = np.zeros((len(parts), at.WIDTH), board.node.dtype)
    first = len(board.kind) // 4
    for part in parts:
        node[part, [at.PREV, at.NEXT, at.TOUR]] = -1
        task_row(index, visit, part, node[part], fitting.weights.late)
        node[part, at.KIND] = first + kinds.of_task[part]
    days = board.tour.reshape(-1, at.WIDTH)[:, [at.WORKER, at.DAY]]
    able = [np.flatnonzero((fit[days[:, 0]] >= 0) & (facts[at.DAYS] >> days[:, 1] & 1)) for fit, facts in
            zip(kinds.fit, kinds.facts, strict=True)]  # fmt: skip
    more: dict[str, Any] = {
        "node": node, "fit": kinds.fit, "kind": kinds.facts, "best": np.zeros(node.size), "log": np.zeros(4 * len(parts)),
        "queue": np.zeros(len(parts)), "loose": np.zeros(len(parts)), "loose_at": np.zeros(len(parts)),
        "able_at": board.able_at[-1] + np.cumsum([len(one) for one in able]),
    }  # fmt: skip
    arrays = {name: _joined(getattr(board, name), new) for name, new in more.items()}
    arrays["able"] = _joined(board.able[: board.able_at[-1]], np.concatenate([*able, np.zeros(1)]) * at.WIDTH)
    made = board._replace(size=board.size + node.size, tasks=board.tasks + len(parts), **arrays)
    if visit.series:
        rings(index, made.node.reshape(-1, at.WIDTH))
    sums = made.sums
    made.loose[sums[at.LOOSE]] = board.size
    made.loose_at[board.tasks] = sums[at.LOOSE]
    sums[at.LOOSE] += 1
    sums[at.EASY] += int(kinds.facts[kinds.of_task[0], at.PRICE])
    return index, made


def _joined(one: Any, other: Any) -> Any:
    return np.concatenate([one, np.asarray(other).reshape(-1).astype(one.dtype)])
