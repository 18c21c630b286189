"""Whole-number programmes handed to HiGHS as arrays, with no modelling layer between."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

Array = NDArray[Any]
FREE = float("inf")


@dataclass(frozen=True)
class Answer:
    """Values of the variables (None: none found), what they are worth, and the bound; ``infeasible`` if proved so."""

    x: Array | None
    value: float
    bound: float
    proved: bool
    infeasible: bool = False


@dataclass
class Model:
    """Minimise ``cost @ x`` with ``below <= rows @ x <= above`` and ``lower <= x <= upper``; ``whole`` variables are integers."""

    cost: Array
    rows: scipy.sparse.csr_matrix
    below: Array
    above: Array
    upper: Array
    whole: Array
    lower: Array | None = None
    offset: float = 0.0

    def solve(
        self,
        *,
        seconds: float | None = None,
        nodes: int | None = None,
        gap: float = 0.0,
        slack: float = 1e-6,
        start: Array | None = None,
        ceiling: float = FREE,
    ) -> Answer:
        """Ask HiGHS. ``start`` is a solution to begin with, ``slack`` a difference from the bound that is none.

        Nothing is looked for that costs more than ``ceiling``, and the bound tells of nothing else: it is kept where presolve
        takes sites of a start for others and makes it worse.
        """
        highspy: Any = import_module("highspy")
        solver = highspy._Highs()  # the class behind `Highs`, whose making alone writes on standard output
        options: dict[str, Any] = {
            "output_flag": False,
            "mip_rel_gap": gap,
            "mip_abs_gap": slack,
            "objective_bound": ceiling,
            "threads": 1,
        }
        if seconds is not None:
            options["time_limit"] = max(seconds, 0.0)
        if nodes is not None:
            options["mip_max_nodes"] = nodes
        for name, value in options.items():
            solver.setOptionValue(name, value)
        solver.passModel(self._programme(highspy))
        if start is not None:
            given = highspy.HighsSolution()
            given.col_value = start.astype(float).tolist()
            solver.setSolution(given)
        solver.run()
        return self._answer(highspy, solver)

    def _programme(self, highspy: Any) -> Any:
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.cost), len(self.below)
        lp.col_cost_, lp.offset_ = self.cost.astype(np.float64), self.offset
        lp.col_lower_ = np.zeros(len(self.cost)) if self.lower is None else self.lower.astype(np.float64)
        lp.col_upper_ = self.upper.astype(np.float64)
        lp.row_lower_, lp.row_upper_ = self.below.astype(np.float64), self.above.astype(np.float64)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = self.rows.indptr.astype(np.int32)
        lp.a_matrix_.index_ = self.rows.indices.astype(np.int32)
        lp.a_matrix_.value_ = self.rows.data.astype(np.float64)
        if self.whole.any():
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[int(one)] for one in self.whole]
        return lp

    def _answer(self, highspy: Any, solver: Any) -> Answer:
        status, info = solver.getModelStatus(), solver.getInfo()
        states = highspy.HighsModelStatus
        if status in (states.kInfeasible, states.kUnboundedOrInfeasible):
            return Answer(None, FREE, FREE, proved=True, infeasible=True)
        mixed = bool(self.whole.any())
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        x = np.array(solver.getSolution().col_value) if found else None
        value = float(info.objective_function_value) if found else FREE
        optimal = status == states.kOptimal
        bound = float(info.mip_dual_bound) if mixed else value if optimal else -FREE
        return Answer(x, value, bound, proved=optimal)


def stacked(blocks: list[list[Any]]) -> scipy.sparse.csr_matrix:
    """Blocks of a matrix, None for empty ones."""
    return scipy.sparse.csr_matrix(scipy.sparse.bmat(blocks, format="csr"))
