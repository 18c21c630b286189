"""Devices and their signals for stories."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from tests import make

from songhe.areas.devices import actions, api
from songhe.areas.devices.models import (
    Agreement,
    Chore,
    ChoreKind,
    Device,
    Fence,
    Finding,
    GivenBy,
    Last,
    Place,
    Stray,
)
from songhe.areas.devices.models import Signal as Kept
from songhe.areas.devices.rules import Signal
from songhe.areas.registry.api import Person
from songhe.engines.access.api import SYSTEM
from songhe.engines.vault.api import make_key, reveal

HOME = ("122.4206", "37.1653")
_numbers = itertools.count(1)


def device(kind: str = "bracelet", *, of: Person | None = None, region: int = 0, **values: Any) -> Device:
    """A device, bound to a person and installed a day ago where one is given."""
    home, before = of.region_id if of else region or make.village(), timezone.now() - timedelta(days=1)
    if of:
        values = {"issued_at": before, "installed_at": before} | values
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


def kept(row: Device, kind: str, at: datetime, **values: Any) -> Kept:
    """A signal that came in."""
    one = signal(row, kind, at, **values)
    api.receive([one], at=at)
    found: Kept = Kept.everywhere.get(device=row, key=one.key)
    return found


def stray(region: int = 0) -> Stray:
    """A number that no device has, in the region in which it is kept."""
    at = timezone.now()
    return Stray.everywhere.create(
        code=f"X{next(_numbers):06}", region_id=region or make.CITY, kind="sos", first_at=at, last_at=at
    )


def chore(row: Device, kind: str = ChoreKind.SILENT) -> Chore:
    """An open task."""
    at = timezone.now()
    return Chore.everywhere.create(
        device=row, region_id=row.region_id, person_id=row.person_id, kind=kind, opened_at=at, due_on=timezone.localdate(at)
    )  # fmt: skip


def agreement(person: Person) -> Agreement:
    """An agreement in force."""
    return actions.agree(actor=SYSTEM, at=timezone.now(), person=person, given_by=GivenBy.SELF)


def fence(person: Person, **values: Any) -> Fence:
    """A circle of 300 m."""
    given = {"name": f"小区{next(_numbers)}", "metres": 300, "lon": HOME[0], "lat": HOME[1]} | values
    return actions.draw_circle(actor=SYSTEM, at=timezone.now(), person=person, **given)


def token_of(row: Device) -> str:
    """The token of a new code of a device."""
    tag = actions.make_code(row, actor=SYSTEM, at=timezone.now())
    return reveal(row.pk, tag.token_sealed)


def finding(row: Device) -> Finding:
    """A message of a finder."""
    tag = actions.make_code(row, actor=SYSTEM, at=timezone.now())
    spoken = actions.Spoken(phone="13800000001", words="在超市门口", longitude=122.42, latitude=37.16)
    actions.report_found(
        tag, actor=SYSTEM, at=timezone.now(), spoken=spoken, address=f"10.0.0.{next(_numbers)}"
    )
    found: Finding = Finding.everywhere.get(tag=tag)
    return found
