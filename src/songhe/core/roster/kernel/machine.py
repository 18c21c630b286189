"""The loops made into machine code for this processor, once, and kept where a place is given for it.

Numba is not there for every system; without it the same loops run as plain Python, some thousand times slower.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from threading import Lock, Thread
from types import ModuleType
from typing import Any

DOORS: Mapping[str, tuple[str, ...]] = {
    "anneal": ("float64", "int64"),
    "build": ("int32[::1]",),
    "lay": ("int32[::1]",),
    "scan": ("int64", "int64[::1]"),
    "scan_both": ("int64", "int64[::1]", "int64[::1]", "int64[::1]"),
    "put": ("int64", "int64", "int64"),
    "exchange": (),
}
"""What is called from outside, and what it takes besides the board."""
PARTS = (
    "layout", "chance", "links", "starts", "fits", "relocate", "swap", "tails", "chain", "loose", "back", "build", "lay", "anneal", "scan", "exchange",
)  # fmt: skip
Told = Callable[[str], None]
_LOCK = Lock()
_STARTING = Lock()
_MADE: list[Loops] = []
_MAKING: list[Thread] = []
PATIENCE = 1.5
"""Seconds that a page waits for machine code, which is how long it takes to load it where it is kept."""


class Loops:
    """The functions that are called from outside."""

    def __init__(self, found: Mapping[str, Any], *, plain: bool) -> None:
        self.anneal: Callable[..., None] = found["anneal"]
        self.build: Callable[..., None] = found["build"]
        self.lay: Callable[..., None] = found["lay"]
        self.scan: Callable[..., None] = found["scan"]
        self.scan_both: Callable[..., None] = found["scan_both"]
        self.put: Callable[..., None] = found["put"]
        self.exchange: Callable[..., None] = found["exchange"]
        self.plain = plain


def modules() -> list[ModuleType]:
    """Where the loops are written."""
    return [import_module(f"songhe.core.roster.kernel.{part}") for part in PARTS]


@cache
def plain() -> Loops:
    """As they are written."""
    return Loops({name: value for module in modules() for name, value in vars(module).items()}, plain=True)


def at_hand() -> Loops:
    """In machine code if it is there; else as they are written, while the machine code is made beside.

    For pages, which cannot wait: the same plans come of both, and a day of some hundred visits is small enough for either.
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
            from songhe.core.roster.kernel.compiling import Compiler

            _MADE.append(Loops(Compiler(modules(), told).doors(DOORS), plain=False))
    return _MADE[0]
