"""Where signals go, and who a device is: one seam between the roads and the areas."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from songhe.edges.gateway.signals import Signal


@dataclass(frozen=True, slots=True)
class Credential:
    """A registered device: who it is, where it belongs, and the hash of its password."""

    device_id: UUID
    code: str
    region_id: int
    password: str
    enabled: bool = True


class Sink(Protocol):
    """What the roads need of the system. All calls may raise Django's database errors while PostgreSQL is away."""

    def credentials(self, codes: Collection[str]) -> Mapping[str, Credential]:
        """The devices known under these codes."""

    def verify(self, secret: bytes, hashed: str) -> bool:
        """Whether a password is that of a hash."""

    def store(self, signals: Sequence[Signal], *, at: datetime) -> None:
        """Write signals and raise the alarms they mean, in the transaction that is open; one sent before has no effect."""
