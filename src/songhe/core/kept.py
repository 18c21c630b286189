"""Where machine code is kept between processes: told when a process starts, asked when a kernel is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Store(Protocol):
    """Keeps code by name. It must give back nothing that somebody else could have written."""

    def get(self, name: str) -> bytes | None: ...
    def put(self, name: str, code: bytes) -> None: ...


@dataclass
class _Kept:
    store: Store | None = None


_KEPT = _Kept()


def keep_in(store: Store | None) -> None:
    """Keep machine code there from now on."""
    _KEPT.store = store


def kept() -> Store | None:
    """The store, if there is one."""
    return _KEPT.store
