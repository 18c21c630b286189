"""What a message says, whichever road it came by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Signal:
    """One message of one device. ``key`` is the device's own number: the same twice has one effect."""

    device_id: UUID
    key: str
    kind: str
    sent_at: datetime | None
    received_at: datetime
    battery: int | None = None
    longitude: float | None = None
    latitude: float | None = None
    accuracy: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
