"""What a problem must not say, each with what to change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import NDArray

from songhe.core.siting.kinds import PEOPLE, State
from songhe.core.sources import DataError

if TYPE_CHECKING:
    from songhe.core.siting.problem import Problem

LISTED = 20
STATES = get_args(State)


def validate(problem: Problem) -> None:
    """Raise one error that names everything found."""
    found = [text for part in (_sites, _demand, _sizes) for text in part(problem)]
    if found:
        more = [f"… and {len(found) - LISTED} more."] if len(found) > LISTED else []
        raise DataError("\n".join([*found[:LISTED], *more]))


def _sites(problem: Problem) -> Iterator[str]:
    for code, times in Counter(one.code for one in problem.sites).items():
        if times > 1:
            yield f"site {code}: is there {times} times."
    for one in problem.sites:
        if one.state not in STATES:
            yield f"site {one.code}: the state is one of {', '.join(STATES)}."
        if one.cost < 0 or one.cost != int(one.cost):
            yield f"site {one.code}: the cost is in whole fen and not negative."
        if one.capacity is not None and one.capacity < 0:
            yield f"site {one.code}: the capacity is not negative; leave it out where nothing limits it."
        if one.area is not None and not one.area >= 0:
            yield f"site {one.code}: the area is not negative."
        too_small = problem.smallest is not None and not (one.area or 0) >= problem.smallest
        if one.state == "must" and too_small:
            yield f"site {one.code}: must be built, but is smaller than {problem.smallest:g}, or its area is not known."


def _demand(problem: Problem) -> Iterator[str]:
    columns, places = problem.demand.columns, len(problem.demand)
    if PEOPLE in problem.demand.groups:
        yield f"demand: no group is called “{PEOPLE}”, which counts everybody."
    for name, column in columns.items():
        if column.shape != (places,):
            yield f"demand, {name}: needs a number for each of the {places} places."
        else:
            yield from _numbers(name, column, problem)
    if columns[PEOPLE].shape == (places,):
        for name in problem.demand.groups:
            column = columns[name]
            if column.shape == (places,) and column.dtype.kind in "iuf":
                more = np.flatnonzero(column > columns[PEOPLE])
                if len(more):
                    yield f"demand, {name}: {len(more)} places have more of them than people, the first is {_place(problem, more[0])}."
    for name, much in problem.importance.items():
        if name not in columns or name == PEOPLE:
            yield f"importance: there is no group “{name}”."
        if not 0 <= much < np.inf:
            yield f"importance of {name}: not negative."


def _numbers(name: str, column: NDArray[Any], problem: Problem) -> Iterator[str]:
    if column.dtype.kind not in "iuf":
        yield f"demand, {name}: must be numbers."
        return
    bad = np.flatnonzero(~np.isfinite(column) | (column < 0))
    if len(bad):
        yield (
            f"demand, {name}: {len(bad)} places have a negative number or none, the first is {_place(problem, bad[0])}."
        )


def _sizes(problem: Problem) -> Iterator[str]:
    demand, travel = problem.demand, problem.travel
    if travel.sites != len(problem.sites):
        yield f"travel: has rows for {travel.sites} sites, but there are {len(problem.sites)}."
    if travel.demand != len(demand):
        yield f"travel: has {travel.demand} places of demand, but there are {len(demand)}."
    for name, given in (("regions", demand.regions), ("codes", demand.codes)):
        if given is not None and len(given) != len(demand):
            yield f"demand: {name} must name each of the {len(demand)} places."
    if problem.limit is not None and not problem.limit >= 0:
        yield "limit: not negative."


def _place(problem: Problem, place: Any) -> str:
    codes = problem.demand.codes
    return f"place {place}" if codes is None or len(codes) <= place else str(codes[place])
