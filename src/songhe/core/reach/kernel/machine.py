"""The loops made into machine code for this processor, once, and kept where a place is given for it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from threading import Lock, Thread
from types import FunctionType
from typing import Any

from songhe.core.reach.kernel import loops, points

Told = Callable[[str], None]
INSIDE = (
    "rise",
    "sink",
    "put",
    "more",
    "explore",
    "along",
    "next_door",
    "nearer",
    "column",
    "line",
    "crowd",
    "slack",
)
PATIENCE = 1.5
"""Seconds that a page waits for machine code, which is how long it takes to load it where it is kept."""
_LOCK = Lock()
_STARTING = Lock()
_MADE: list[Machine] = []
_MAKING: list[Thread] = []


@dataclass(frozen=True)
class Machine:
    """The compiled loops."""

    spread: Any
    touch: Any
    lookup: Any
    place: Any
    arrange: Any
    gather: Any
    beside: Any


def made() -> Machine | None:
    """The compiled loops if they are there already."""
    return _MADE[0] if _MADE else None


def at_hand() -> Machine | None:
    """The compiled loops if they are there soon; else SciPy does their work while they are made beside."""
    if not _MADE and find_spec("numba") is not None:
        with _STARTING:
            if not _MAKING:
                _MAKING.append(Thread(target=warm, daemon=True))
                _MAKING[0].start()
        _MAKING[0].join(PATIENCE)
    return _MADE[0] if _MADE else None


def warm(told: Told | None = None) -> Machine | None:
    """Wait for the compiled loops; None where Numba is not. ``told`` hears that compiling begins, for it takes some seconds."""
    if find_spec("numba") is None:
        return None
    with _LOCK:
        if not _MADE:
            _MADE.append(_compiled(told))
    return _MADE[0]


def _compiled(told: Told | None) -> Machine:
    from numba import njit

    from songhe.core.compiled import KeptCode

    said: list[str] = []

    def missing() -> None:
        if told and not said:
            said.append("compiling the search for this processor, once")
            told(said[0])

    space, mark = vars(loops) | vars(points), [inspect.getsource(loops), inspect.getsource(points)]
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    doors = _doors()
    for name in INSIDE:
        space[name] = njit(FunctionType(space[name].__code__, space, name), **options)
    found = {}
    for name, taken in doors.items():
        door: Any = njit(FunctionType(space[name].__code__, space, name), **options)
        door._cache = KeptCode("reach", [*mark, name], missing)
        door.compile(taken)
        door.disable_compile()
        found[name] = door
    return Machine(**found)


def _doors() -> dict[str, tuple[Any, ...]]:
    """What is called from outside, and what it takes."""
    types: Any = import_module("numba").types

    ints, wide, reals = (types.Array(kind, 1, "C") for kind in (types.int32, types.int64, types.float64))
    number, real, truth = types.int64, types.float64, types.boolean

    def tuple_(form: Any, *parts: Any) -> Any:
        return types.NamedTuple(parts, form)

    ways = tuple_(loops.Ways, ints, ints, reals)
    lanes = tuple_(loops.Lanes, ints, ints, reals, reals, ints, ints)
    people = tuple_(loops.People, wide, ints, reals, reals, reals)
    sites = tuple_(loops.Sites, ints, reals, reals, reals)
    lines = types.Array(real, 2, "C")
    cells = tuple_(points.Cells, ints, lines, ints, real, real, real, number, number)
    pieces = tuple_(points.Pieces, ints, reals, reals, reals, reals)
    ends = tuple_(points.Ends, ints, reals, reals, reals)
    return {
        "spread": (ways, lanes, sites, real, reals, ints),
        "touch": (ways, lanes, people, sites, tuple_(loops.Asked, real, truth), wide),
        "lookup": (reals, reals, cells, real, tuple_(points.Seen, ints, reals, reals)),
        "place": (types.Tuple((ints, reals, reals)), pieces, lanes, truth, types.UniTuple(real, 2), ends),
        "arrange": (ints, ints, wide, ints),
        "beside": (
            ends,
            lanes,
            sites,
            types.Tuple((wide, ints)),
            tuple_(loops.Asked, real, truth),
            types.Tuple((reals, ints)),
        ),
        "gather": (ends, lanes, types.Tuple((reals, ints)), real, reals, ints),
    }
