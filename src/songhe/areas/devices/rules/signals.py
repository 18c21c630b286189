"""What a device says, as gateways hand it over and alarms take it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any
from uuid import UUID

KIND = re.compile(r"[a-z][a-z_]{0,23}")
MOST_KEY = 64
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Signal:
    """One message of one device; impossible values raise ValueError.

    ``key`` is the device's own number of the message, ``sent_at`` what its clock said: ``again`` tells from both whether it came
    before. ``first``: it has neither, and is not sent again. Without a ``device_id``, ``code`` says who it claims to be.
    What stands below ``first`` is filled in by ``receive`` on the way to the alarms: ``at`` is when it happened as far as that
    can be believed, ``id`` the row in which it is kept.
    """

    device_id: UUID | None
    key: str | bytes
    kind: str
    sent_at: datetime | None
    received_at: datetime
    battery: int | None = None
    longitude: float | None = None
    latitude: float | None = None
    accuracy: float | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    code: str = ""
    first: bool = False
    id: UUID | None = None
    at: datetime | None = None
    person_id: UUID | None = None
    household_id: UUID | None = None
    region_id: int | None = None
    device_kind: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.key, bytes):
            object.__setattr__(self, "key", self.key.hex())
        if not 0 < len(self.key) <= MOST_KEY or not str(self.key).isprintable():
            raise ValueError(f"a key has 1 to {MOST_KEY} printable signs")
        if not KIND.fullmatch(self.kind):
            raise ValueError("a kind is a short word of small letters")
        if self.device_id is None and not 0 < len(self.code) <= MOST_KEY:
            raise ValueError(f"a device is named by its id, or by 1 to {MOST_KEY} signs")
        for moment in (self.sent_at, self.received_at):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("moments know their time zone")
        if self.battery is not None and not 0 <= self.battery <= 100:
            raise ValueError("a battery has 0 to 100 percent")
        self._check_place()

    def _check_place(self) -> None:
        if (self.longitude is None) != (self.latitude is None):
            raise ValueError("a place has both longitude and latitude")
        if self.longitude is not None and self.latitude is not None:
            inside = abs(self.longitude) <= 180 and abs(self.latitude) <= 90
            if not (isfinite(self.longitude) and isfinite(self.latitude) and inside):
                raise ValueError("that is no place on earth")
        if self.accuracy is not None and not (isfinite(self.accuracy) and 0 <= self.accuracy <= 1e6):
            raise ValueError("an accuracy is a number of metres")

    @property
    def named(self) -> tuple[UUID | None, str, str]:
        """What messages that may be the same have in common."""
        return self.device_id, str(self.key), self.kind

    @property
    def has_place(self) -> bool:
        """Whether it says where the device is."""
        return self.longitude is not None
