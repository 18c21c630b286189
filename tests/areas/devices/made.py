"""Devices and their signals for stories."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from django.utils import timezone
from tests import make

from songhe.areas.devices.models import Device, Last, Place
from songhe.areas.devices.rules import Signal
from songhe.areas.registry.api import Person
from songhe.engines.vault.api import make_key

_numbers = itertools.count(1)


def device(kind: str = "bracelet", *, of: Person | None = None, region: int = 0, **values: Any) -> Device:
    """A device, bound to a person where one is given."""
    home = of.region_id if of else region or make.village()
    row = Device.everywhere.create(
        code=f"WH{next(_numbers):08}", kind=kind, region_id=home, registered_at=timezone.now(), person=of,
        place=Place.ISSUED if of else Place.STOCK, **values,
    )  # fmt: skip
    make_key(row.pk)
    Last.everywhere.create(device=row, region_id=home, person=of)
    return row


def signal(row: Device, kind: str, at: datetime, key: str = "", **values: Any) -> Signal:
    """A signal that was sent and received at a moment."""
    values.setdefault("sent_at", at)
    return Signal(row.pk, key or f"k{next(_numbers)}", kind, received_at=at, **values)
