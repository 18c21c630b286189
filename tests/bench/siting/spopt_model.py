"""spopt's maximal covering, run by the peer's own interpreter: reads the problem, prints the optimum and seconds as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np
import pulp
from spopt.locate import MCLP

OUT_OF_REACH = 1e9


def main(file: str, sites: int, solver: str) -> None:
    """Build and solve; processor seconds, those of a solver in a process of its own included."""
    given = np.load(file)
    ways = np.full((len(given["weight"]), len(given["starts"]) - 1), OUT_OF_REACH)
    rows = np.repeat(np.arange(ways.shape[1]), np.diff(given["starts"]))
    ways[given["places"], rows] = given["ways"]
    began = _now()
    model = MCLP.from_cost_matrix(ways, given["weight"], float(given["limit"]), p_facilities=sites)
    built = _now()
    model.solve(pulp.HiGHS(msg=False) if solver == "HiGHS" else pulp.PULP_CBC_CMD(msg=False), results=False)
    done = _now()
    told = {"value": pulp.value(model.problem.objective), "build": built - began, "solve": done - built}
    told["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(told))


def _now() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
