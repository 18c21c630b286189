"""Where signals go, and who a device is: one seam between the roads and the areas."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from songhe.areas.alarms.api import raise_many
from songhe.areas.devices.api import Credentials, Device, Signal, credentials_of, receive
from songhe.engines.access.api import Scope, entered
from songhe.engines.regions.models import Level, Region


class Sink(Protocol):
    """What the roads need of the system. All calls may raise Django's database errors while PostgreSQL is away."""

    def credentials(self, codes: Collection[str]) -> Mapping[str, Credentials]:
        """The devices known under these codes."""

    def region(self, code: str) -> int:
        """Where the device of a code belongs; the city where it is not known. In the transaction that is open."""

    def store(self, signals: Sequence[Signal], *, at: datetime) -> None:
        """Write signals and raise the alarms they mean, in the transaction that is open; one sent before has no effect."""


class Areas:
    """The register of devices, and the areas that answer alarms."""

    def credentials(self, codes: Collection[str]) -> Mapping[str, Credentials]:
        """The devices known under these codes."""
        with entered(Scope.EVERYTHING):
            return credentials_of(codes)

    def region(self, code: str) -> int:
        """The device's region, else the city's."""
        known = Device.everywhere.filter(code=code).values_list("region_id", flat=True).first()
        if known is not None:
            return int(known)
        cities = Region.objects.filter(level=Level.CITY, until=None).order_by("code")
        return int(cities.values_list("code", flat=True)[0])

    def store(self, signals: Sequence[Signal], *, at: datetime) -> None:
        """Keep what is new, and raise its alarms."""
        raise_many(receive(signals, at=at), at=at)
