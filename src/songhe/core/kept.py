"""Where machine code and street networks are kept: told when a process starts, asked when they are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from songhe.core.reach.network import Network
    from songhe.core.reach.paths import Paths
    from songhe.core.reach.profile import Profile


class Store(Protocol):
    """Keeps code by name. It must give back nothing that somebody else could have written."""

    def get(self, name: str) -> bytes | None: ...
    def put(self, name: str, code: bytes) -> None: ...


class Streets(Protocol):
    """Keeps street networks. What cannot be read is not there."""

    def network(self, region: int) -> Network | None:
        """The network that a region's people use: the one of the smallest region that holds it."""

    def paths(self, region: int, profile: Profile) -> Paths | None:
        """The same for a profile, with the indexes that were made before."""


@dataclass
class _Kept:
    store: Store | None = None
    streets: Streets | None = None


_KEPT = _Kept()


def keep_in(store: Store | None) -> None:
    """Keep machine code there from now on."""
    _KEPT.store = store


def kept() -> Store | None:
    """The store, if there is one."""
    return _KEPT.store


def keep_streets_in(streets: Streets | None) -> None:
    """Look for street networks there from now on."""
    _KEPT.streets = streets


def kept_streets() -> Streets | None:
    """Where street networks are, if anywhere."""
    return _KEPT.streets
