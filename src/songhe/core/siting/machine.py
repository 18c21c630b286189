"""The loops made into machine code for this processor, once, and kept where a place is given for it.

Numba is not there for every system; without it the same loops run as plain Python, some hundred times slower.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from threading import Lock, Thread
from types import ModuleType
from typing import Any

PARTS = ("chance", "covering", "median")
Told = Callable[[str], None]
PATIENCE = 1.5
"""Seconds that a page waits for machine code, which is how long it takes to load it where it is kept."""
_LOCK = Lock()
_STARTING = Lock()
_MADE: list[Loops] = []
_MAKING: list[Thread] = []


class Loops:
    """The functions that are called from outside."""

    def __init__(self, found: Mapping[str, Any], *, plain: bool) -> None:
        self.fill: Callable[..., None] = found["fill"]
        self.improve: Callable[..., None] = found["improve"]
        self.search: Callable[..., None] = found["search"]
        self.open_first: Callable[..., None] = found["open_first"]
        self.settle: Callable[..., None] = found["settle"]
        self.wander: Callable[..., None] = found["wander"]
        self.back: Callable[..., None] = found["back"]
        self.relax: Callable[..., float] = found["relax"]
        self.descend: Callable[..., int] = found["descend"]
        self.plain = plain


def modules() -> list[ModuleType]:
    """Where the loops are written."""
    return [import_module(f"songhe.core.siting.kernel.{part}") for part in PARTS]


@cache
def plain() -> Loops:
    """As they are written."""
    return Loops({name: value for module in modules() for name, value in vars(module).items()}, plain=True)


def at_hand() -> Loops:
    """In machine code if it is there; else as they are written, while the machine code is made beside.

    For pages, which cannot wait.
    """
    if not _MADE and find_spec("numba") is not None:
        with _STARTING:
            if not _MAKING:
                _MAKING.append(Thread(target=loops, daemon=True))
                _MAKING[0].start()
        _MAKING[0].join(PATIENCE)
    return _MADE[0] if _MADE else plain()


def loops(told: Told | None = None) -> Loops:
    """In machine code where that can be had. ``told`` hears that compiling begins, for it takes some seconds."""
    if find_spec("numba") is None:
        return plain()
    with _LOCK:
        if not _MADE:
            from songhe.core.siting.kernel.compiling import compiled

            _MADE.append(Loops(compiled(modules(), _examples(), told), plain=False))
    return _MADE[0]


def _examples() -> dict[str, tuple[Any, ...]]:
    """Arguments of the types that the functions are called with."""
    from songhe.core.siting import boards

    cover, median = boards.covering_example(), boards.median_example()
    return {
        "fill": (cover, 0),
        "improve": (cover,),
        "search": (cover, 1, 1),
        "open_first": (median,),
        "settle": (median,),
        "wander": (median, 1, 1),
        "back": (median,),
        "relax": (median,),
        "descend": (median, 1, 0.0, 0.0),
    }
