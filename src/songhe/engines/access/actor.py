"""Who does something: a user, or the system itself."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from songhe.engines.access.scope import Scope


class Actor(Protocol):
    """Whoever acts; users and the system fit."""

    @property
    def id(self) -> UUID:
        """Stable key, kept in acts."""

    @property
    def name(self) -> str:
        """Name as shown in acts."""

    def may(self, right: str) -> bool:
        """Whether a right is held somewhere."""

    def scope(self, right: str | None = None) -> Scope:
        """Where it is held."""


class System:
    """The installation itself: timers, loads and commands."""

    id = UUID("01900000-0000-7000-8000-000000000000")
    pk = UUID("01900000-0000-7000-8000-000000000000")
    name = "system"

    def may(self, right: str) -> bool:
        """Everything."""
        return True

    def scope(self, right: str | None = None) -> Scope:
        """Everywhere."""
        return Scope.EVERYTHING

    def __str__(self) -> str:
        return self.name


SYSTEM = System()
