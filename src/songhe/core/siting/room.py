"""Who finds room: people flow to facilities in reach up to their capacities, so that as much weight as possible is served."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from songhe.core.siting.cells import Cells, merged
from songhe.core.siting.ground import Ground
from songhe.core.siting.kinds import Array
from songhe.core.siting.model import Model


@dataclass(frozen=True)
class Flow:
    """A variable for each pair of a site (row of the cells) and a cell: how many of its people go there."""

    cells: Cells
    people: Array
    worth: Array
    room: Array

    @property
    def pair_site(self) -> Array:
        """The site of each pair."""
        return np.repeat(np.arange(len(self.cells.sites)), np.diff(self.cells.starts))


def flow_of(ground: Ground, sites: Array) -> Flow:
    """Cells of people for whom one counts as much as the other, as some sites reach them."""
    with np.errstate(invalid="ignore", divide="ignore"):
        worth = np.where(ground.people > 0, ground.weight / ground.people, 0.0)
    kinds = np.unique(worth, return_inverse=True)[1].reshape(-1)
    cells = merged(ground, sites, ground.people > 0, tag=kinds)
    people = cells.summed(ground.people)
    each = np.zeros(cells.size)
    each[cells.cell[cells.cell >= 0]] = worth[cells.cell >= 0]
    in_reach = np.asarray(cells.by_site @ people).ravel()
    given = [ground.problem.sites[site].capacity for site in sites]
    room = np.array([np.inf if one is None else float(one) for one in given])
    return Flow(cells, people, each, np.minimum(room, in_reach))


def flow_model(
    flow: Flow, cost: Array, lower: Array, upper: Array, limits: tuple[int | None, int | None]
) -> Model:
    """Flows first, then a variable for each site: open or not."""
    pairs, many, size = len(flow.cells.cells), len(flow.room), flow.cells.size
    at, one = np.arange(pairs), np.ones(pairs)
    by_cell = scipy.sparse.csr_matrix((one, (flow.cells.cells, at)), shape=(size, pairs))
    by_site = scipy.sparse.csr_matrix((one, (flow.pair_site, at)), shape=(many, pairs))
    blocks = [
        scipy.sparse.hstack([by_cell, scipy.sparse.csr_matrix((size, many))]),
        scipy.sparse.hstack([by_site, -scipy.sparse.diags(flow.room)]),
    ]
    above = [flow.people, np.zeros(many)]
    new = (upper > 0) & (cost >= 0)
    for row, most in ((new.astype(float), limits[0]), (np.where(new, cost, 0), limits[1])):
        if most is not None:
            blocks.append(
                scipy.sparse.hstack([scipy.sparse.csr_matrix((1, pairs)), scipy.sparse.csr_matrix(row[None])])
            )
            above.append(np.full(1, float(most)))
    top = np.concatenate(above)
    return Model(
        cost=np.concatenate([-flow.worth[flow.cells.cells], np.zeros(many)]),
        rows=scipy.sparse.csr_matrix(scipy.sparse.vstack(blocks)),
        below=np.full(len(top), -np.inf),
        above=top,
        upper=np.concatenate([np.minimum(flow.people[flow.cells.cells], flow.room[flow.pair_site]), upper]),
        whole=np.arange(pairs + many) >= pairs,
        lower=np.concatenate([np.zeros(pairs), lower]),
    )


def flow(ground: Ground, sites: Array) -> tuple[float, dict[int, float]]:
    """The weight served with existing and some new sites, and how many people find room at each."""
    open_ = np.union1d(np.flatnonzero(ground.existing), sites)
    if not len(open_):
        return 0.0, {}
    net = flow_of(ground, open_)
    if not len(net.cells.cells):
        return 0.0, dict.fromkeys(open_.tolist(), 0.0)
    ones = np.ones(len(open_))
    model = flow_model(net, -ones, ones, ones, (None, None))
    model.whole = np.zeros(len(model.whole), bool)
    answer = model.solve()
    assert answer.x is not None
    flows = answer.x[: len(net.cells.cells)]
    at_site = np.bincount(net.pair_site, weights=flows, minlength=len(open_))
    return -answer.value, dict(zip(open_.tolist(), np.round(at_site, 6).tolist(), strict=True))
