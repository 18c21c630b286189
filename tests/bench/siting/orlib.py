"""OR-Library's p-median problems (Beasley 1985), and points of TSPLIB with known optima, as problems of siting.

They are not part of this repository. `SONGHE_BENCH_SITING` names the folder with `orlib/`, `tsplib/` and `pmedcap/` (default:
data/siting in a folder `shared` beside the checkout).
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import shortest_path
from tests.bench.home import ROOT

BESIDE = [folder / "shared" / "data" / "siting" for folder in (ROOT.parent, ROOT.parent.parent)]
FOLDER = Path(
    os.environ.get("SONGHE_BENCH_SITING") or next((one for one in BESIDE if one.exists()), BESIDE[0])
)
RL1304 = {
    5: 3_099_073,
    10: 2_134_295,
    20: 1_412_108,
    50: 795_012,
    100: 491_639,
    200: 268_573,
    300: 177_326,
    400: 128_332,
    500: 97_024,
}


def at_hand() -> bool:
    """Whether the data are there."""
    return (FOLDER / "orlib" / "pmedopt.txt").exists()


@cache
def optima() -> dict[str, int]:
    """The least total way of each of the 40 problems."""
    rows = (FOLDER / "orlib" / "pmedopt.txt").read_text().split("\n")
    found = (row.split() for row in rows)
    return {row[0]: int(row[1]) for row in found if len(row) == 2 and row[0].startswith("pmed")}


def problem(name: str) -> tuple[NDArray[Any], int]:
    """All ways between the nodes, and how many sites are asked. Of an edge given twice, the last one counts."""
    numbers = iter((FOLDER / "orlib" / f"{name}.txt").read_text().split())
    nodes, edges, sites = (int(next(numbers)) for _each in range(3))
    ways: dict[tuple[int, int], int] = {}
    for _edge in range(edges):
        a, b, far = (int(next(numbers)) for _each in range(3))
        ways[min(a, b) - 1, max(a, b) - 1] = far
    ends = np.array(list(ways)).T
    graph = csr_matrix((list(ways.values()), ends), shape=(nodes, nodes))
    found: NDArray[Any] = np.rint(shortest_path(graph, directed=False)).astype(np.int64)
    return found, sites


def plane(name: str) -> NDArray[Any]:
    """Straight ways between the points of a TSPLIB file, cut to whole numbers."""
    text = (FOLDER / "tsplib" / f"{name}.tsp").read_text().split("NODE_COORD_SECTION")[1].split("EOF")[0]
    points = np.array([[float(one) for one in line.split()[1:3]] for line in text.strip().splitlines()])
    found: NDArray[Any] = np.floor(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))).astype(
        np.int64
    )
    return found
