"""The streets on which reach is measured; straight lines where no network is at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from songhe.areas.circle.book import book, walker
from songhe.core.reach import Ground, Network, Paths, Straight


@dataclass(frozen=True, eq=False)
class Streets:
    """A network, how it is called, and whom its licence asks to name."""

    network: Network
    name: str
    attribution: str = ""

    @cached_property
    def paths(self) -> Paths:
        """For old people on foot."""
        return Paths(self.network, walker())


@dataclass(slots=True)
class _Hand:
    """What is at hand in this process."""

    streets: Streets | None = None
    grounds: dict[str, Any] = field(default_factory=dict)


_hand = _Hand()


def lay(streets: Streets | None) -> None:
    """Use these streets in this process from now on."""
    _hand.streets = streets


def streets() -> Streets | None:
    """The streets at hand."""
    return _hand.streets


def ground() -> Ground:
    """What reach is measured on."""
    found = streets()
    return found.paths if found else Straight(walker(), detour=book().detour)
