"""What ``receive`` has to know of the devices that speak, in one statement for each question, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from json import loads
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from songhe.areas.devices.limits import kind_of
from songhe.areas.devices.models import Device, Fence, Stray
from songhe.areas.devices.rules import Before, Clock, Fault, Kind, Signal, State, Wearer, from_json
from songhe.areas.devices.rules import Fence as Shape
from songhe.core.labels import Label
from songhe.engines.regions.models import Level, Region

_LAST = """
SELECT l.device_id, d.kind, d.enabled, d.person_id, d.household_id, d.region_id, d.test_until, a.given_at,
  l.connected_at, l.first_used_at, l.heard_at, l.battery, l.battery_at, l.battery_low, l.clock, l.clock_off,
  l.located_at, l.kept_at, l.inside::text, l.used_at, l.tested_at, l.asked_at, l.id
FROM devices_last l JOIN devices_device d ON d.id = l.device_id
  LEFT JOIN devices_agreement a ON a.person_id = d.person_id AND a.withdrawn_at IS NULL
WHERE l.device_id = ANY(%s::uuid[]) ORDER BY l.device_id FOR NO KEY UPDATE OF l
"""
"""In the order of ids, so that two gateways that bring the same devices wait for each other and never in a ring."""
_KNOWN = """
SELECT s.device_id, s.key, s.kind, s.sent_at, s.received_at FROM devices_signal s
  JOIN unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[]) AS fresh (device_id, key, kind, sent_at)
    ON s.device_id = fresh.device_id AND s.key = fresh.key AND s.kind = fresh.kind
WHERE s.sent_at IS NOT DISTINCT FROM fresh.sent_at
"""
MOST_STRAYS = 5_000
"""So many unknown numbers wait to be looked at; more of them at once are made up, or a list was not brought in. So many calls
for help have their room apart, so that no heartbeats crowd them out.
"""
UNKNOWN_KIND = Kind(
    code="", label=Label("Unknown kind", "未知类型"), household=False, signals=frozenset(), heartbeat=timedelta(),
    silence=timedelta(), battery_warn=0, test_days=0, protocol="",
)  # fmt: skip
"""Of a device whose kind the data lost: it may speak, and warns of nothing by itself."""


@dataclass(slots=True)
class Speaker:
    """One device that speaks: whose it is, and its last state, which changes as its signals are heard."""

    device_id: UUID
    last_id: UUID
    kind: str
    person_id: UUID | None
    household_id: UUID | None
    region_id: int
    agreed: bool
    enabled: bool
    test_until: datetime | None
    connected_at: datetime | None
    first_used_at: datetime | None
    state: State
    before: State

    def wearer(self, fences: Collection[Shape]) -> Wearer:
        """As the rules take it."""
        return Wearer(
            kind=kind_of(self.kind) or UNKNOWN_KIND,
            enabled=self.enabled,
            bound=self.person_id is not None,
            agreed=self.agreed,
            test_until=self.test_until,
            fences=tuple(fences),
        )


@contextmanager
def _binary() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor of the driver itself: moments by the hundred are quicker read in its binary form."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor


def speakers(devices: Collection[UUID]) -> dict[UUID, Speaker]:
    """The devices that speak, their last states locked until the transaction ends."""
    found = {}
    with _binary() as cursor:
        for row in cursor.execute(_LAST, [list(devices)], binary=True):
            off = row[15]
            state = State(
                heard_at=row[10],
                battery=row[11],
                battery_at=row[12],
                battery_low=row[13],
                clock=Clock(Fault(row[14]), None if off is None else timedelta(seconds=off)),
                located_at=row[16],
                kept_at=row[17],
                inside=loads(row[18]) if row[18] != "{}" else {},
                used_at=row[19],
                tested_at=row[20],
                asked_at=row[21],
            )
            found[row[0]] = Speaker(
                device_id=row[0], kind=row[1], enabled=row[2], person_id=row[3], household_id=row[4], region_id=row[5],
                test_until=row[6], agreed=row[7] is not None, connected_at=row[8], first_used_at=row[9], last_id=row[22],
                state=state, before=state,
            )  # fmt: skip
    return found


def kept_before(signals: Collection[Signal]) -> defaultdict[Any, list[Before]]:
    """What is kept already under the names of some signals and of the same moment."""
    found: defaultdict[Any, list[Before]] = defaultdict(list)
    if signals:
        asked = [list(column) for column in zip(*((*one.named, one.sent_at) for one in signals), strict=True)]
        with _binary() as cursor:
            for device, key, kind, sent_at, received_at in cursor.execute(_KNOWN, asked, binary=True):
                found[device, key, kind].append(Before(sent_at, received_at))
    return found


def sealed_fences(persons: Collection[UUID]) -> list[tuple[UUID, UUID, bool, bytes]]:
    """The open fences of some persons: (person, fence, keep in, sealed shape)."""
    rows = Fence.everywhere.filter(person_id__in=list(persons), ended_at=None).order_by("pk")
    return [
        (person, pk, keep_in, bytes(sealed))
        for person, pk, keep_in, sealed in rows.values_list("person_id", "pk", "keep_in", "shape_sealed")
    ]


def shape(pk: UUID, keep_in: bool, data: Mapping[str, Any]) -> Shape:
    """A fence as the rules take it."""
    return from_json(str(pk), keep_in, dict(data))


def by_codes(codes: Collection[str]) -> dict[str, UUID]:
    """Devices by their numbers."""
    rows = Device.everywhere.filter(code__in=list(codes))
    return dict(rows.values_list("code", "pk"))


def room_for_strays(calling: Collection[str], *, urgent: bool) -> int:
    """How many more unknown numbers are kept that call for help, or that say anything else; at most the bound is counted."""
    rows = Stray.everywhere.filter(cleared_at=None).order_by()
    rows = rows.filter(kind__in=calling) if urgent else rows.exclude(kind__in=calling)
    return MOST_STRAYS - len(rows.values_list("pk", flat=True)[:MOST_STRAYS])


def known_strays(codes: Collection[str]) -> set[str]:
    """Those of some unknown numbers that were heard before."""
    return set(Stray.everywhere.filter(code__in=list(codes)).values_list("code", flat=True))


def city() -> int:
    """The city's region: where that is kept which is of no smaller place."""
    rows = Region.objects.filter(level=Level.CITY, until=None).order_by("code")
    return int(rows.values_list("code", flat=True)[0])
